/** What the story needs of whoever gives the credential. */
import type { CleanUp } from "../clean-up.ts";
import type { Mode } from "../options.ts";

/** One that the demo can be told with. */
export interface Provider {
  /** The modes that it knows. */
  readonly modes: readonly Mode[];
  /** Starts what gives the credential. @param real the real one, or the nearest to it that there is, in place of the small double */
  start(mode: Mode, real: boolean, cleanUp: CleanUp): Promise<Given>;
}

/** What has been started, and what a project needs to use it. */
export interface Given {
  /** The heading of what it is. */
  readonly title: string;
  readonly sentences: readonly string[];
  /** The server's name and address, for whoever goes on by hand. */
  readonly server: { readonly name: string; readonly address: string };
  /** The value of the Authorization header that comes of it. */
  readonly authorization: string;
  /** The plugin's options, as lines of YAML below its name. */
  readonly options: readonly string[];
  /** Variables that the file and the plugin read. */
  readonly settings: Readonly<Record<string, string>>;
}
