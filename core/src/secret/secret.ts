import { inspect } from "node:util";

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
