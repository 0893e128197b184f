/** The program `mlflow-auth`: reads the command line, and loads the one command that was asked for. */
import { takePythonEnvironment } from "@mlflow-auth/core/internal/python";
import { CommanderError } from "commander";
import { bearLostOutput, endWith } from "./end-with.js";
import { exit } from "./exit-codes.js";
import { execVariable, leaveOuterProxy } from "./outer-proxy.js";
import { keepStdout, writeOut } from "./print.js";
import { createProgram } from "./program.js";

bearLostOutput();
// Before anything of the environment is handed on.
takePythonEnvironment(process.env);

const { MLFLOW_AUTH_LOG: level, MLFLOW_AUTH_LOG_FORMAT: format } = process.env;
// Before anything is said. What `init` asks on stderr is for people.
if (format?.trim().toLowerCase() === "json" && !process.argv.includes("init")) {
  const { speakJson } = await import("./stderr-form.js");
  speakJson(process.stderr);
}

const tokens = leaveOuterProxy(process.env);
const hide = tokens.length > 0 ? (await import("./hide-texts.js")).hideTexts : undefined;
hide?.(process.stderr, tokens, "[token]");

/** Whether what is asked for prints data: then so does its failure. */
let printsJson = false;
/** The file that it was given. */
let config: string | undefined;
const program = createProgram();
// What is wider than a terminal is broken between words. Nobody else waits for what does that.
const isTerminal = process.stdout.isTTY || process.stderr.isTTY;
const { fitColumns, fitStream } = isTerminal ? await import("./fit-columns.js") : {};
if (fitColumns !== undefined) {
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      writeOut: (text) => writeOut(fitColumns(text, process.stdout)),
      writeErr: (text) => process.stderr.write(fitColumns(text, process.stderr)),
    });
  }
}
program.hook("preAction", async (_program, command) => {
  const name = command.name();
  const { logLevel = level?.trim().toLowerCase(), json, ...options } = command.optsWithGlobals();
  config = options.config;
  // A plugin's command runs as the program itself, or its help as ours, and prints as it likes; of its words, this one means what it
  // means everywhere.
  const isPlugins = command === program || name === "help";
  printsJson = isPlugins ? command.args.includes("--json") : json === true;
  // Its one line is an address with a token, which may be that of the proxy before it.
  if (name !== "proxy") hide?.(process.stdout, tokens, "[token]");
  if (!isPlugins) keepStdout(printsJson ? undefined : fitColumns && ((text) => fitColumns(text, process.stdout)));
  if (!isPlugins && name !== "init") fitStream?.(process.stderr);
  if (logLevel !== "silent" || name === "init") return;
  const { silence } = await import("./stderr-form.js");
  silence(process.stderr);
});
/** Where the help of the program itself was printed, if it was. */
let helped: NodeJS.WriteStream | undefined;
program.on("afterHelp", ({ error }: { error: boolean }) => {
  helped = error ? process.stderr : process.stdout;
});

try {
  await program.parseAsync();
} catch (thrown) {
  if (helped !== undefined) {
    const { listCommands } = await import("./commands/plugin-command.js");
    await listCommands(helped, program);
  }
  // Commander has printed what was wrong already, for people.
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode !== 0) (await import("./usage-as-json.js")).usageAsJson(thrown, program, process.argv.slice(2));
    await endWith(thrown.exitCode === 0 ? exit.fine : exit.usage);
  } else {
    const { reportFailure } = await import("./report-failure.js");
    const code = reportFailure(thrown, { json: printsJson });
    if (!printsJson && process.env[execVariable]) {
      const { failedWithin } = await import("./taken-out.js");
      const within = await failedWithin(thrown, config, process.env);
      if (within !== "") console.error(`mlflow-auth: ${within}`);
    }
    await endWith(code);
  }
}
