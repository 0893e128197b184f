import { randomBytes } from "node:crypto";
import { type Answer, type Call, envelope, errors, ttlSeconds } from "./answer.ts";

interface Wrapped {
  readonly answer: Answer;
  readonly path: string;
  readonly ttl: number;
  /** Milliseconds since the Unix epoch. */
  readonly made: number;
}

const invalid = errors(400, "wrapping token is not valid or does not exist");

/** Answers that wait for whoever has the token, who gets each once. */
export class Wrapping {
  readonly #wrapped = new Map<string, Wrapped>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  wrap({ path, wrapTtl }: Call, answer: Answer): Answer {
    if (answer.status !== 200) return answer;
    const token = `hvs.${randomBytes(66).toString("base64url")}`;
    const ttl = ttlSeconds(wrapTtl) ?? 0;
    const made = this.#now();
    this.#wrapped.set(token, { answer, path, ttl, made });
    const accessor = (answer.body as { data?: { secret_id_accessor?: string } }).data?.secret_id_accessor;
    const wrap_info = {
      token,
      accessor: randomBytes(18).toString("base64url"),
      ttl,
      creation_time: new Date(made).toISOString(),
      creation_path: path,
      ...(accessor === undefined ? {} : { wrapped_accessor: accessor }),
    };
    return { status: 200, body: { ...(envelope(200, {}).body as object), request_id: "", wrap_info } };
  }

  /** The two calls that need no other token than the wrapping one; undefined for any other. */
  handle({ path, token, body, method }: Call): Answer | undefined {
    const isWrite = method === "POST" || method === "PUT";
    const isLookup = path === "sys/wrapping/lookup" && (isWrite || method === "GET");
    if (!isLookup && !(path === "sys/wrapping/unwrap" && isWrite)) return undefined;
    const given = String(body["token"] ?? token ?? "");
    const wrapped = this.#wrapped.get(given);
    if (wrapped === undefined || wrapped.made + wrapped.ttl * 1000 <= this.#now()) return invalid;
    const { answer, path: creation_path, ttl, made } = wrapped;
    if (isLookup) {
      const data = { creation_path, creation_time: new Date(made).toISOString(), creation_ttl: ttl };
      return envelope(200, { data });
    }
    this.#wrapped.delete(given);
    return answer;
  }
}
