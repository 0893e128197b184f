/** A front that takes requests whose AWS signature botocore recomputes from what came over the wire: see sigv4/judge.py. */
import { fileURLToPath } from "node:url";
import { startProcess, untilReady } from "./process/server-process.ts";
import type { AwsKeys } from "./secrets-manager-fake.ts";
import { motoPython } from "./tools.ts";

/** Keys that it takes, and what it says of them. */
export interface JudgedKeys extends AwsKeys {
  readonly sessionToken?: string;
  /** Its session has ended. */
  readonly ended?: boolean;
  /** Whoever has them may do nothing. */
  readonly denied?: boolean;
}

export interface JudgeSettings {
  readonly keys?: readonly JudgedKeys[];
  /** Default `execute-api`. */
  readonly service?: string;
  /** Default `eu-central-1`. */
  readonly region?: string;
  /** Headers that have to be signed, names in lower case, with their values. Default: none but those of AWS. */
  readonly required?: Readonly<Record<string, string>>;
  /** Seconds that its clock is ahead. */
  readonly ahead?: number;
  /** The exception for a time that is too far off. Default `InvalidSignatureException`. */
  readonly skew?: string;
  /** Says `Forbidden` to everything, as HTTP APIs of API Gateway do. */
  readonly mute?: boolean;
  /** A server behind it. Default: `{}` for every request that it takes. */
  readonly upstream?: string;
}

/** One request as it came. */
export interface JudgedRequest {
  readonly method: string;
  /** Of the request line, byte for byte. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Bytes of the body. */
  readonly length: number;
  readonly status: number;
  /** The exception that it was refused with. */
  readonly refused?: string;
  /** Whether the query stood in the request line as AWS writes it down, so that nobody can read it in another way. */
  readonly canonical?: boolean;
}

export interface Sigv4Judge {
  /** `http://127.0.0.1:PORT` */
  readonly uri: string;
  set(settings: JudgeSettings): Promise<void>;
  requests(): Promise<JudgedRequest[]>;
  stop(): Promise<void>;
}

/** Ask `missing("moto")` first: botocore comes with it. */
export async function startSigv4Judge(settings: JudgeSettings = {}): Promise<Sigv4Judge> {
  const program = fileURLToPath(new URL("sigv4/judge.py", import.meta.url));
  const server = startProcess({ command: await motoPython(), args: [program] });
  const ports = async () => JSON.parse(server.output()) as { port: number; control: number };
  const { port, control } = await untilReady(server, "the judge of signatures", ports, 60);
  const controlled = `http://127.0.0.1:${control}/`;
  const judge: Sigv4Judge = {
    uri: `http://127.0.0.1:${port}`,
    async set({ keys, ...others }) {
      const byId = keys?.map(({ accessKeyId, secretAccessKey, sessionToken, ...rest }) => [
        accessKeyId,
        { secret: secretAccessKey, session: sessionToken, ...rest },
      ]);
      const body = JSON.stringify({ ...others, ...(byId && { keys: Object.fromEntries(byId) }) });
      await fetch(controlled, { method: "POST", body });
    },
    requests: async () => (await (await fetch(controlled)).json()) as JudgedRequest[],
    stop: server.stop,
  };
  await judge.set(settings);
  return judge;
}
