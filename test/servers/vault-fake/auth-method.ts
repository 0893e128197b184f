import type { Answer, Call } from "./answer.ts";

/** A way to log in, at one mount. */
export interface AuthMethod {
  /** A call that needs no token. */
  login(call: Call): Answer;
  /** @param rest the path below the mount */
  handle(call: Call, rest: string): Answer | undefined;
}
