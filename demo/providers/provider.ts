/** What the story needs of whoever gives the credential. */
import type { Front } from "@mlflow-auth/test/servers/front";
import type { CleanUp } from "../clean-up.ts";

/** The kind of credential that the proxy in front of MLflow asks for. */
export type Mode = "bearer" | "basic";

/** Starts what gives the credential. @param real the real one, or the nearest to it that there is, in place of the small double */
export type StartProvider = (mode: Mode, real: boolean, cleanUp: CleanUp) => Promise<Given>;

/** What has been started, and what a project needs to use it. */
export interface Given {
  /** The heading of what it is. */
  readonly title: string;
  readonly sentences: readonly string[];
  /** The name and address of the server that keeps it, for whoever goes on by hand. */
  readonly server?: { readonly name: string; readonly address: string };
  /** What the proxy in front of MLflow asks for: `a Bearer token`. */
  readonly wanted: string;
  /** The value of Authorization that it lets through, and no other; or how to start one that judges in the provider's own way. */
  readonly front: string | ((upstream: string) => Promise<Front>);
  /** The plugin's options, as lines of YAML below its name. */
  readonly options: readonly string[];
  /** The tags that the plugin gives each run. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Variables that the file and the plugin read. */
  readonly settings: Readonly<Record<string, string>>;
}
