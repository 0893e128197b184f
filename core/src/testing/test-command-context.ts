/** What stands for `mlflow-auth` around a plugin's command under test. */
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { CommandContext, CommandInstance, OpenedFile } from "../provider/command.js";
import { answering, type TestBackend, type TestContext, type TestContextOptions, testContext } from "./test-context.js";

/** A command's context whose output the test can read. */
export interface TestCommandContext extends TestContext, Omit<CommandContext, keyof TestContext> {
  /** All that was written so far. */
  readonly printed: { readonly stdout: string; readonly stderr: string };
}

/** The file that a command under test opens. */
export interface TestFile {
  /** Stands for the listed servers: what it throws is thrown by `send`. */
  readonly answer: TestBackend;
  /** Base URLs. Default: one, `https://mlflow.example.com/base`. */
  readonly servers?: readonly string[];
  /** Of the command's own package. Default: none. */
  readonly instances?: readonly CommandInstance[];
}

/** What the command under test shall find; `instance` is its name. */
export interface TestCommandOptions extends TestContextOptions {
  /** Default: there is none. */
  readonly file?: TestFile | undefined;
}

/** What `mlflow-auth` hands to a command. */
export function testCommandContext({ file, ...options }: TestCommandOptions = {}): TestCommandContext {
  const printed = { stdout: "", stderr: "" };
  const output = (name: keyof typeof printed) => ({
    hasColours: false,
    write(text: string) {
      printed[name] += text;
    },
  });
  let opened: OpenedFile | undefined;
  return {
    ...testContext(options),
    printed,
    stdout: output("stdout"),
    stderr: output("stderr"),
    async openFile() {
      if (file === undefined) throw new MlflowAuthError("CONFIG_NOT_FOUND", "the test has no configuration file");
      opened ??= openedFile(file);
      return opened;
    },
  };
}

function openedFile({ answer, servers = ["https://mlflow.example.com/base"], instances = [] }: TestFile): OpenedFile {
  const { send } = answering(answer);
  const isListed = (url: string) =>
    servers.some((base) => url === base || (/^[/?#]/.test(url.slice(base.length)) && url.startsWith(base)));
  return {
    path: "/test/mlflow-auth.yaml",
    servers,
    instances,
    async server(wanted) {
      const base = wanted?.replace(/\/+$/, "") ?? (servers.length === 1 ? servers[0] : undefined);
      if (base === undefined) throw new MlflowAuthError("SERVER_AMBIGUOUS", "the test lists several servers");
      if (!isListed(base)) throw new MlflowAuthError("USAGE", "--server: the test does not list that one");
      return base;
    },
    async send(request) {
      if (isListed(String(request.url))) return await send(request);
      throw new MlflowAuthError("DESTINATION_UNLISTED", `the test lists no server for ${new URL(request.url).origin}`);
    },
  };
}
