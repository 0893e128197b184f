/** A set-up that is broken in one place: how it came to be so, what a person must read of it, and what they do upon that. */
import type { Patient } from "./patient.ts";

/** One row of the table. Each has a cause of its own, and not another spelling of one. */
export interface BrokenSetup {
  /** What is wrong, as somebody who knows would say: the title of the test. */
  readonly name: string;
  /** Takes one thing away from a whole set-up, or puts something in its way. */
  readonly breaks: (patient: Patient) => unknown;
  /** The link that must be named as the first that is broken, by its name in the JSON. */
  readonly link: string;
  /** The code of the error; undefined where the link has none. */
  readonly code?: string;
  /** What must be told of the link. */
  readonly says: RegExp;
  /** What must be advised. What its groups take out of the advice, {@link follow} is given. */
  readonly remedy: RegExp;
  /** Default: what the link's faults end with. */
  readonly exit?: number;
  /** The link holds, and only warns: nothing fails today, or what fails is not doctor's to judge. Default: false. */
  readonly warns?: boolean;
  /** Options of the command line. */
  readonly args?: readonly string[];
  /**
   * Does what the remedy says, and nothing else.
   *
   * @param advised the remedy's groups, as doctor printed them: an address, a command, a line for the file
   */
  readonly follow: (patient: Patient, ...advised: string[]) => unknown;
}
