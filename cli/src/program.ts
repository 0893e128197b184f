/** Every command with its options. Only its own module is imported, and only when it runs. */
import { readFileSync } from "node:fs";
import { Argument, Command } from "commander";
import { authorOptions } from "./author-options.js";
import { endBySignal, endWith } from "./end-with.js";
import { doctorLinks, example, groupOf, otherCommands } from "./help-texts.js";
import { allowKeepEnvAlone, keepEnvOption } from "./keep-env.js";
import {
  configOption,
  logLevelOption,
  notEmpty,
  portNumber,
  refuseLogVariables,
  repeatable,
  seconds,
  serverOption,
} from "./options.js";
import { paint } from "./paint.js";
import { writeOut } from "./print.js";

/** The command line, ready to parse. A command ends the process by itself; wrong usage throws a CommanderError. */
export function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const program = new Command("mlflow-auth")
    .description("Gives every MLflow client the credentials that mlflow-auth.yaml names for a server.")
    .version(version)
    .addOption(configOption())
    .addOption(logLevelOption())
    .commandsGroup(otherCommands)
    .usage("[options] [command]")
    .argument("[words...]")
    .helpCommand(false)
    .enablePositionalOptions()
    // What is behind the name of a plugin's command belongs to that command.
    .passThroughOptions()
    .exitOverride()
    .configureOutput({
      writeOut,
      outputError: (text, write) => write(`${paint(process.stderr, "red", "USAGE")}: ${text.replace(/^error: /, "")}`),
    })
    .showHelpAfterError("  Try this: mlflow-auth --help")
    .addHelpText("after", example("mlflow-auth init", "mlflow-auth doctor", "mlflow-auth exec -- python train.py"))
    .action(async (words: string[]) => {
      if (words.length === 0) program.help({ error: true });
      await runOther(program, words);
    });

  bare(program, "init", "write a commented mlflow-auth.yaml: asks on a terminal, takes options anywhere else")
    .option("--config <file>", "the file to write (default: $MLFLOW_AUTH_CONFIG, else mlflow-auth.yaml here)")
    .option("--tracking-uri <uri>", "the address of the MLflow server (default: $MLFLOW_TRACKING_URI)")
    .option("--allow-insecure", "let credentials travel over plain http to that server")
    .addOption(repeatable("--plugin <name>", "a plugin to enable; may be given again"))
    .addOption(
      repeatable(
        "--set <plugin.option=value>",
        "an option of a plugin, such as vault.secret.path=mlflow/auth; may be given again",
      ),
    )
    .option("--from-env", "take over what the environment sets for the installed plugins (VAULT_ADDR, DD_API_KEY, ...)")
    .option("-y, --yes", "ask nothing: take the defaults, and say what is missing")
    .addHelpText(
      "after",
      example(
        "mlflow-auth init",
        "mlflow-auth init --tracking-uri https://mlflow.example.com --plugin vault --set vault.secret.path=mlflow/auth",
        "mlflow-auth init --from-env --yes",
      ),
    )
    .action(async (_options, command: Command) => {
      const { init } = await import("./commands/init.js");
      await endWith(await init(command.optsWithGlobals()));
    });

  add(program, "validate", "check the configuration file, without importing a plugin or asking a server")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      example("mlflow-auth validate", "mlflow-auth validate --config deploy/mlflow-auth.yaml --json"),
    )
    .action(async (_options, command: Command) => {
      const { validate } = await import("./commands/validate.js");
      await endWith(await validate(command.optsWithGlobals(), namesOf(program)));
    });

  add(program, "headers", "show which headers a request to a URL would carry, and which plugin sets each")
    .argument("<url>", "the URL of the request")
    .option("--json", "print them as JSON")
    .option("--show-secrets", "print the values themselves. Whoever sees them can use them")
    .addHelpText("after", example("mlflow-auth headers https://mlflow.example.com/api/2.0/mlflow/runs/get --json"))
    .action(async (url: string, _options, command: Command) => {
      const { headers } = await import("./commands/headers.js");
      await endWith(await headers(url, command.optsWithGlobals()));
    });

  add(program, "tags", "show which tags a run created on a server would get, and which plugin gives each")
    .argument("[url]", "the server (default: $MLFLOW_TRACKING_URI if the file lists it, else the only one)")
    .option("--json", "print them as JSON")
    .addHelpText("after", example("mlflow-auth tags", "mlflow-auth tags https://mlflow.example.com --json"))
    .action(async (url: string | undefined, _options, command: Command) => {
      const { tags } = await import("./commands/tags.js");
      await endWith(await tags(url, command.optsWithGlobals()));
    });

  add(program, "doctor", "walk the chain from the file to an answer of MLflow, and say where it breaks and what to do")
    .argument("[url]", "a server of the file, or a URL of one (default: all; one with a wildcard needs a URL)")
    .option("--server <uri>", "the same as <url>")
    .option("--timeout <seconds>", "how long each request may take", seconds, 10)
    .option("--json", "print what was found as JSON")
    .addHelpText("after", doctorLinks)
    .addHelpText("after", example("mlflow-auth doctor", "mlflow-auth doctor https://mlflow.example.com --json"))
    .action(async (url: string | undefined, _options, command: Command) => {
      const { doctor } = await import("./commands/doctor.js");
      await endWith(await doctor(url, command.optsWithGlobals()));
    });

  allowKeepEnvAlone(
    add(program, "exec", "run a program whose MLflow client reaches the server through a private proxy"),
  )
    .argument("<command>", "the program")
    .argument("[args...]", "its arguments")
    .usage("[options] -- <command> [args...]")
    .addOption(serverOption())
    .addOption(keepEnvOption())
    .passThroughOptions()
    .addHelpText("after", example("mlflow-auth exec -- python train.py --epochs 10"))
    .action(async (name: string, args: string[], _options, command: Command) => {
      const { exec } = await import("./commands/exec.js");
      await endWith(await exec([name, ...args], command.optsWithGlobals()));
    });

  add(program, "proxy", "serve a server of the file on a local address, until it is stopped")
    .addOption(serverOption())
    .option("--host <host>", "the address to listen on", "127.0.0.1")
    .option("--port <port>", "the port to listen on; 0: any free one", portNumber, 5055)
    .option(
      "--token-file <file>",
      "the file with the address's token; created if it does not exist (default: a new token)",
    )
    .option(
      "--allow-host <name...>",
      "a name by which clients address the proxy, beside loopback and the address itself",
    )
    .option("--no-token", "ask for no token: whoever reaches the port uses your credentials")
    .option("--private-network", "with --no-token on a host that is not loopback: nobody else can reach it")
    .option("--json", "print the address as JSON, with those of the file's other servers for a browser")
    .addHelpText("after", example("mlflow-auth proxy --port 5055 --token-file /run/mlflow-auth/token"))
    .action(async (_options, command: Command) => {
      const { proxy } = await import("./commands/proxy.js");
      await endWith(await proxy(command.optsWithGlobals()));
    });

  authorOptions(
    add(program, "plugins", "list the plugins that are installed, and which of them the file enables; imports none")
      .option("--json", "print them as JSON")
      .option("--why <name>", "say why a plugin was or was not found, and where it was looked for", notEmpty),
  )
    .addHelpText(
      "after",
      example("mlflow-auth plugins", "mlflow-auth plugins --why vault", "mlflow-auth plugins --check"),
    )
    .action(async (_options, command: Command) => {
      const { plugins } = await import("./commands/plugins.js");
      await endWith(await plugins(command.optsWithGlobals(), namesOf(program)));
    });

  add(program, "schema", "print the JSON Schema of the file with the plugins that are installed, for editors")
    .option("--write", "keep it beside the file, as .mlflow-auth.schema.json")
    .addHelpText("after", example("mlflow-auth schema --write", "mlflow-auth schema > mlflow-auth.schema.json"))
    .action(async (_options, command: Command) => {
      const { schema } = await import("./commands/schema.js");
      await endWith(await schema(command.optsWithGlobals()));
    });

  bare(
    program,
    "create-plugin",
    "for authors: make the package of a new plugin, with tests that pass, in a folder of its own",
  )
    .argument("[name]", "what it is for, such as acme; or the package's name, such as @team/mlflow-auth-plugin-acme")
    .option("--auth", "it gives the credential of requests (default)")
    .option("--headers", "it gives more headers for requests")
    .option("--tags", "it gives tags for runs")
    .option("--signs", "it signs requests")
    .option("--js", "in JavaScript: package.json and index.js, and no build")
    .option("-y, --yes", "ask nothing: take the defaults")
    .option("--json", "print what was made as JSON")
    .addHelpText(
      "after",
      example("mlflow-auth create-plugin acme", "mlflow-auth create-plugin @team/store --headers --tags"),
    )
    .action(async (name: string | undefined, _options, command: Command) => {
      const { createPlugin } = await import("./commands/create-plugin.js");
      await endWith(await createPlugin(name, command.opts()));
    });

  bare(program, "completion", "print a script by which a shell completes commands and options")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      example(
        'eval "$(mlflow-auth completion bash)"',
        "mlflow-auth completion fish > ~/.config/fish/completions/mlflow-auth.fish",
      ),
    )
    .action(async (shell: "bash" | "zsh" | "fish") => {
      const { completion } = await import("./commands/completion.js");
      await endWith(completion(shell, program));
    });

  bare(program, "help", "show the help of a command, a plugin's included")
    .argument("[command]", "its name")
    .addHelpText("after", example("mlflow-auth help", "mlflow-auth help exec"))
    .action(async (name: string | undefined) => {
      const own = name === undefined ? program : program.commands.find((command) => command.name() === name);
      if (own !== undefined) own.help();
      await runOther(program, [name as string, "--help"]);
    });

  return program;
}

/** What is no command of ours: one of an installed plugin, or a slip. Ends the process. */
async function runOther(program: Command, words: readonly string[]): Promise<void> {
  await refuseLogVariables(program);
  const { pluginCommand } = await import("./commands/plugin-command.js");
  const end = await pluginCommand(words, program);
  await (typeof end === "number" ? endWith(end) : endBySignal(end));
}

/** The names of the program's own commands. */
function namesOf(program: Command): string[] {
  return program.commands.map((command) => command.name());
}

function add(program: Command, name: string, description: string): Command {
  return bare(program, name, description)
    .addOption(configOption())
    .addOption(logLevelOption())
    .hook("preAction", refuseLogVariables);
}

/** A command that takes no configuration file to read. */
function bare(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .helpGroup(groupOf(name))
    .showHelpAfterError(`  Try this: mlflow-auth ${name} --help`);
}
