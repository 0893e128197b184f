/** What a new plugin can give. */

/** An option of `create-plugin`, and a folder of templates. */
export type Kind = "auth" | "headers" | "tags" | "signs";

/** What belongs to a kind in package.json and in the sources. */
export interface KindTraits {
  /** The group of its entry point. */
  readonly group: string;
  /** The function that the entry point names. */
  readonly factory: string;
  /** Its module where a package has several: `src/auth.ts`. */
  readonly module: string;
  /** What it gives, as the middle of a sentence. */
  readonly gives: string;
  /** For somebody who chooses. */
  readonly description: string;
}

/** In the order in which they are offered. */
export const kinds: Readonly<Record<Kind, KindTraits>> = {
  auth: {
    group: "mlflow.request_auth_provider",
    factory: "createRequestAuthProvider",
    module: "auth",
    gives: "credentials",
    description: "the credential of requests: a token, or a user and a password",
  },
  headers: {
    group: "mlflow.request_header_provider",
    factory: "createRequestHeaderProvider",
    module: "headers",
    gives: "request headers",
    description: "more headers for requests",
  },
  tags: {
    group: "mlflow.run_context_provider",
    factory: "createRunContextProvider",
    module: "tags",
    gives: "run tags",
    description: "tags for runs that are created",
  },
  signs: {
    group: "mlflow.request_auth_provider",
    factory: "createRequestAuthProvider",
    module: "auth",
    gives: "signed requests",
    description: "a signature for each request, as its credential",
  },
};

/** The names of {@link kinds}. */
export const kindNames = Object.keys(kinds) as Kind[];

/**
 * The kinds that a plugin is made of. One entry point is enough for a credential and signatures, so `signs` stands for both.
 *
 * @param chosen in any order; none: a credential
 */
export function kindsOf(chosen: readonly Kind[]): readonly Kind[] {
  const wanted = chosen.length === 0 ? ["auth"] : chosen;
  return kindNames.filter((kind) => wanted.includes(kind) && !(kind === "auth" && wanted.includes("signs")));
}
