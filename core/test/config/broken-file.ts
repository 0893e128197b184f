/** A file that is refused, with each problem as `line:column CODE`. CANARY stands for what may never be printed. */
export interface BrokenFile {
  text: string;
  /** Default mlflow-auth.yaml. */
  file?: string;
  /** Beside SET, which holds the canary, and EMPTY. */
  env?: Record<string, string>;
  problems: string[];
}

/** A file whose head is right: what follows begins on line 3. */
export const after = (rest: string) => `version: 1\ntrackingUri: https://mlflow.example.com\n${rest}`;
/** The options of an instance of `backend`, which begin on line 5, in column 5. */
export const options = (rest: string) => after(`plugins:\n  backend:\n${rest.replace(/^(?=.)/gm, "    ")}`);
/** One with a server at this address, which stands on line 3, in column 10. */
export const server = (uri: string) => `version: 1\nservers:\n  - uri: ${uri}\n`;
