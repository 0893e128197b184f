/** Every command with its options. Only its own module is imported, and only when it runs. */
import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { endWith } from "./end-with.js";
import { paint } from "./paint.js";

export function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const program = new Command("mlflow-auth")
    .description("Gives every MLflow client the credentials that mlflow-auth.yaml names for a server.")
    .version(version)
    .addOption(configOption())
    .addOption(logLevelOption())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`${paint(process.stderr, "red", "USAGE")}: ${text.replace(/^error: /, "")}`),
    })
    .showHelpAfterError("  Try this: add --help")
    .addHelpText("after", example("mlflow-auth validate", "mlflow-auth exec -- python train.py"));

  add(program, "validate", "check the configuration file, without importing a plugin or asking a server")
    .option("--json", "print the result as JSON")
    .addHelpText(
      "after",
      example("mlflow-auth validate", "mlflow-auth validate --config deploy/mlflow-auth.yaml --json"),
    )
    .action(async (_options, command: Command) => {
      const { validate } = await import("./commands/validate.js");
      await endWith(await validate(command.optsWithGlobals()));
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

  add(program, "exec", "run a program whose MLflow client reaches the server through a private proxy")
    .argument("<command>", "the program")
    .argument("[args...]", "its arguments")
    .usage("[options] -- <command> [args...]")
    .addOption(serverOption())
    .option("--keep-env", "leave the variables that the file names by { env } in the program's environment")
    .passThroughOptions()
    .addHelpText("after", example("mlflow-auth exec -- python train.py --epochs 10"))
    .action(async (name: string, args: string[], _options, command: Command) => {
      const { exec } = await import("./commands/exec.js");
      await endWith(await exec([name, ...args], command.optsWithGlobals()));
    });

  add(program, "proxy", "serve a listed server on a local address, until it is stopped")
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
    .addHelpText("after", example("mlflow-auth proxy --port 5055 --token-file /run/mlflow-auth/token"))
    .action(async (_options, command: Command) => {
      const { proxy } = await import("./commands/proxy.js");
      await endWith(await proxy(command.optsWithGlobals()));
    });

  return program;
}

function add(program: Command, name: string, description: string): Command {
  return program.command(name).description(description).addOption(configOption()).addOption(logLevelOption());
}

/** Taken before the command as well as behind it. */
function configOption(): Option {
  return new Option(
    "--config <file>",
    "the configuration file (default: $MLFLOW_AUTH_CONFIG, else the nearest one upwards)",
  );
}

function logLevelOption(): Option {
  const levels = ["debug", "info", "warn", "error", "silent"];
  return new Option("--log-level <level>", "what to log on stderr (default: $MLFLOW_AUTH_LOG, else warn)").choices(
    levels,
  );
}

function serverOption(): Option {
  return new Option(
    "--server <uri>",
    "the server, one that the file lists (default: $MLFLOW_TRACKING_URI if listed, else the only one)",
  );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  return port;
}

function example(...lines: string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}
