/** A credential that shows nowhere, and where the secret fields of the file take theirs from. */
import { inspect } from "node:util";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { readSmallText } from "../files/small-file.js";
import { removal, wasRemoved } from "./missing-variable.js";

const brand = Symbol.for("mlflow-auth.secret");
const mask = "[secret]";

/**
 * A credential that prints as `[secret]` wherever it ends up: template strings, JSON, `console.log`, `util.inspect` with
 * every option, structured logs. Only {@link Secret.reveal} gives the text, so a search for that word finds every use.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    Object.defineProperty(this, brand, { value: true });
    Object.freeze(this);
  }

  /** The text itself. Pass it on at once; never keep, log or concatenate it into a message. */
  reveal(): string {
    return this.#text;
  }

  /** Whether both hold the same text. Not constant-time: for finding out that a secret was rotated, not for checking one. */
  equals(other: Secret): boolean {
    return this.#text === other.reveal();
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [Symbol.toPrimitive](): string {
    return mask;
  }

  [inspect.custom](): string {
    return mask;
  }
}

/** Recognises secrets of another copy of this package, too. */
export function isSecret(value: unknown): value is Secret {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/**
 * What a secret field of the file becomes in a plugin's options, however it was written: a literal, `${NAME}`, `{ env: NAME }`
 * or `{ file: PATH }`. Ask it at each login or fetch: a file is read again every time, so a rotated one is picked up.
 */
export interface SecretSource {
  /**
   * @throws MlflowAuthError `SECRET_SOURCE` if the variable is unset or empty, or the file is missing, empty, larger than 64 KiB
   *   or not a regular file. The error names the variable or the file, never the value.
   */
  read(): Promise<Secret>;
  /** Where it comes from, for messages: `the file /run/secrets/token`, `the variable TEAM_TOKEN`, `the configuration file`. */
  readonly origin: string;
  /** Of `{ file: PATH }`: its absolute path, for whoever wants to know whether it is another file by now. */
  readonly path?: string | undefined;
}

/** Of a file with a secret. */
const MAX_BYTES = 64 * 1024;

/** A text that is known already. */
export function textSource(text: string, origin: string): SecretSource {
  const secret = new Secret(text);
  return Object.freeze({ origin, read: async () => secret });
}

/**
 * `{ env: NAME }`: the variable, looked up at each read. Its name is asked for at once, and so is known to count before a credential is
 * given: programs that share a proxy are judged by it.
 */
export function environmentSource(name: string, env: Readonly<Record<string, string | undefined>>): SecretSource {
  Reflect.has(env, name);
  return Object.freeze({
    origin: `the variable ${name}`,
    async read() {
      const text = env[name];
      if (text !== undefined && text.trim() !== "") return new Secret(text);
      const unset = { state: `is ${text === undefined ? "not set" : "empty"}`, remedy: `set ${name}` };
      const { state, remedy } = wasRemoved(name, env) ? removal(name) : unset;
      throw new MlflowAuthError("SECRET_SOURCE", `the variable ${name} ${state}`, { remedy });
    },
  });
}

/** `{ file: PATH }`: a regular file after symlinks, read again each time, white space around the text removed. */
export function fileSource(path: string): SecretSource {
  return Object.freeze({ origin: `the file ${path}`, path, read: async () => new Secret(await readSecretText(path)) });
}

/** What is no secret although its plugin's schema calls it one: it has none of the forms that the file may give it. */
export function formlessSource(): SecretSource {
  return Object.freeze({
    origin: "the configuration file",
    async read(): Promise<Secret> {
      throw new MlflowAuthError("SECRET_SOURCE", "a secret of the file is neither a text, nor { env }, nor { file }", {
        remedy: 'write `"${NAME}"`, `{ env: NAME }` or `{ file: PATH }`',
      });
    },
  });
}

async function readSecretText(path: string): Promise<string> {
  const refused = (why: string, remedy = "name a regular file that holds the credential alone") =>
    new MlflowAuthError("SECRET_SOURCE", `the file ${path} ${why}`, { remedy });
  const read = await readSmallText(path, MAX_BYTES);
  if ("reason" in read) {
    const named = read.code === undefined ? undefined : `check that ${path} exists and may be read`;
    throw refused(read.why, named);
  }
  const text = read.text.trim();
  if (text === "") throw refused("is empty", `write the credential into ${path}`);
  return text;
}
