/** What a plugin implements that adds a subcommand to `mlflow-auth`, and what core hands to it. */
import type { HttpRequest, HttpResponse, PluginContext } from "./context.js";

/**
 * What a command ends with, as every one of `mlflow-auth` does: 0 all is well; 1 a problem was found; 2 it was used wrongly; 3 the file
 * or a plugin can't be used; 4 a server or a secret backend did not do its part.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** `mlflow-auth NAME …`, where NAME is that of its entry point. */
export interface Command {
  /**
   * Does what the command is for. The process ends when it has, whatever is still open.
   *
   * @param args all that stands behind its name on the command line, `--help` included
   * @returns what to exit with. Default 0
   * @throws MlflowAuthError: it is printed with its remedy, and its code decides what to exit with (`USAGE`: 2). Of anything else
   *   only the kind is printed, for its message may quote a credential
   */
  run(args: readonly string[], context: CommandContext): ExitCode | undefined | Promise<ExitCode | undefined>;
}

/** What the entry point of a command names: a function without arguments. It does no I/O: that belongs into `run`. */
export type CommandFactory = () => Command | Promise<Command>;

/**
 * What a command has to work with: the context of a plugin, whose `instance` is the command's name, and the way to the user and the
 * file. `signal` is aborted at Ctrl-C, SIGTERM and SIGHUP, and where nobody reads stdout any more; a moment later the process ends.
 */
export interface CommandContext extends PluginContext {
  /** What was asked for. Credentials of the file are written as `[secret]` in either. */
  readonly stdout: CommandOutput;
  /** What else there is to say. */
  readonly stderr: CommandOutput;
  /**
   * Opens the configuration file, which most commands need and `--help` does not: the one that `mlflow-auth --config FILE NAME` names,
   * else the one that is found. Asked again it gives the same.
   *
   * @throws MlflowAuthError `CONFIG_NOT_FOUND` where there is none, `CONFIG_INVALID` or another code where it can't be used
   */
  openFile(): Promise<OpenedFile>;
}

/** A stream to the user. */
export interface CommandOutput {
  /** Text as it is: a line ends with its own `\n`. */
  write(text: string): void;
  /** Whether to use colours: it is a terminal, and NO_COLOR is not set. */
  readonly hasColours: boolean;
}

/** The configuration file, as far as it concerns a command. */
export interface OpenedFile {
  /** Its absolute path; `the environment` where variables stand in its place. */
  readonly path: string;
  /** The enabled instances of the command's own package, in the file's order. */
  readonly instances: readonly CommandInstance[];
  /** The base URLs of the listed servers. One with a `*` in its host stands for many. */
  readonly servers: readonly string[];
  /**
   * The base URL of the server that is meant, without a trailing slash: as every command chooses it.
   *
   * @param wanted what the user says, as with an option `--server`. Default: MLFLOW_TRACKING_URI if it is listed, else the only server
   * @throws MlflowAuthError `USAGE` if that is not listed, `SERVER_AMBIGUOUS` if nothing decides
   */
  server(wanted?: string): Promise<string>;
  /**
   * Sends to a listed server with all that the file has for it: credential, headers, run tags, TLS, a corporate proxy. Else it is as
   * `context.http.send`: the same tries and time-outs, and no redirect is followed. A rejected credential is fetched anew, once.
   *
   * @throws MlflowAuthError `DESTINATION_UNLISTED` for any other URL; `SERVER_UNREACHABLE` if no answer came, `SERVER_TLS` if TLS was
   *   the reason; another code if there is no credential
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** An instance of the file's `plugins`. */
export interface CommandInstance {
  /** Its key in the file. */
  readonly name: string;
  /** The entry-point name of its provider. */
  readonly plugin: string;
  /** As a factory of the package gets them. */
  readonly options: unknown;
}
