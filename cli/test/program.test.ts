import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProgram } from "../src/program.js";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("the command line");

let site: Site;
test.before(async () => {
  site = await createSite();
});
test.after(() => site.stop());

const ask = (args: string[], env = {}) => run(args, { cwd: site.project.folder, env });

for (const name of ["", ...createProgram().commands.map((command) => command.name())]) {
  test(`mlflow-auth ${name} --help shows an example`, async () => {
    const { code, stdout, stderr } = await ask([name, "--help"].filter((word) => word !== ""));
    assert.is(code, 0);
    assert.match(stdout, /^Usage: mlflow-auth/);
    assert.match(stdout, new RegExp(`Example:\\n {2}\\$ .*mlflow-auth ${name}`));
    assert.is(stderr, "");
  });
}

test("help is on stdout, by the flag as by the command", async () => {
  for (const [flag, command] of [
    [["--help"], ["help"]],
    [
      ["exec", "--help"],
      ["help", "exec"],
    ],
  ] as const) {
    const [one, other] = [await ask([...flag]), await ask([...command])];
    assert.equal([other.code, other.stdout, other.stderr], [0, one.stdout, ""]);
    assert.match(other.stdout, "Usage: mlflow-auth");
  }
});

test("every command that a help lists is in one of the groups that a newcomer reads from top to bottom", async () => {
  const { stdout } = await ask(["--help"]);
  const headings = stdout.split("\n").filter((line) => /^\S.*:$/.test(line));
  assert.equal(headings, ["Options:", "Set up:", "See what happens:", "Use:", "Others:", "Example:"]);
});

test("--version prints the version", async () => {
  const { version } = JSON.parse(readFileSync(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8"));
  const { code, stdout } = await ask(["--version"]);
  assert.is(code, 0);
  assert.is(stdout, `${version}\n`);
});

const wrong: [args: string[], said: RegExp][] = [
  [[], /Usage: mlflow-auth/],
  [["valdate"], /^USAGE: unknown command 'valdate'\n\(Did you mean validate\?\)\n {2}Try this: /],
  [["validate", "--jsn"], /^USAGE: unknown option '--jsn'\n\(Did you mean --json\?\)\n {2}Try this: /],
  [["validate", "extra"], /^USAGE: too many arguments/],
  [["headers"], /^USAGE: missing required argument 'url'/],
  [["exec"], /^USAGE: missing required argument 'command'/],
  [["exec", "--servr", "x", "--", "true"], /^USAGE: unknown option '--servr'\n\(Did you mean --server\?\)/],
  [["exec", "--keep-env", "MY_TOKEN", "--", "true"], /^USAGE: the name of a variable stands behind a `=`/],
  [["exec", "--keep-env", "MY_TOKEN", "true"], /^USAGE: the name of a variable stands behind a `=`/],
  [["proxy", "--port", "70000"], /^USAGE: option '--port <port>' argument '70000' is invalid/],
  [["proxy", "--config"], /^USAGE: option '--config <file>' argument missing\n {2}Try this: mlflow-auth proxy --help/],
  [
    ["headers", "mlflow.example.com"],
    /^USAGE: what was given as the URL is not an absolute http or https URL\n {2}Try this: write it with/,
  ],
  [["headers", "localhost:5000"], /^USAGE: what was given as the URL is not an absolute http or https URL/],
  [["tags", "mlflow.example.com"], /^USAGE: what was given as the URL is not an absolute http or https URL/],
  [["plugins", "--why"], /^USAGE: option '--why <name>' argument missing/],
  [["plugins", "--why", ""], /^USAGE: option '--why <name>' argument '' is invalid\. It must not be empty\./],
  [["init", "--plugin", " "], /is invalid\. It must not be empty\./],
  [["schema", "extra"], /^USAGE: too many arguments/],
  [["completion"], /^USAGE: missing required argument 'shell'/],
  [["completion", "tcsh"], /Allowed choices are bash, zsh, fish/],
  [["init", "--plugn", "x"], /^USAGE: unknown option '--plugn'\n\(Did you mean --plugin\?\)/],
  [["validate", "--log-level", "loud"], /Allowed choices are debug, info, warn, error, silent/],
];

for (const [args, said] of wrong) {
  test(`mlflow-auth ${args.join(" ")} is used wrongly`, async () => {
    const { code, stdout, stderr } = await ask(args);
    assert.is(code, 2);
    assert.match(stderr, said);
    assert.is(stdout, "");
  });
}

test("a variable of the log that means nothing is refused as an option is, by every command that logs", async () => {
  const attempts: readonly (readonly [args: string[], env: Record<string, string>, said: RegExp])[] = [
    [
      ["validate"],
      { MLFLOW_AUTH_LOG: "loud" },
      /^USAGE: MLFLOW_AUTH_LOG must be one of debug, info, warn, error, silent\n/,
    ],
    [["plugins"], { MLFLOW_AUTH_LOG_FORMAT: "xml" }, /^USAGE: MLFLOW_AUTH_LOG_FORMAT must be one of text, json\n/],
    [["exec", "--", "true"], { MLFLOW_AUTH_LOG_FORMAT: "xml" }, /Try this: correct it, or unset it/],
    [["proxy", "--log-level", "warn"], { MLFLOW_AUTH_LOG_FORMAT: "xml" }, /^USAGE: MLFLOW_AUTH_LOG_FORMAT/],
  ];
  for (const [args, env, said] of attempts) {
    const { code, stdout, stderr } = await ask(args, env);
    assert.is(code, 2, args.join(" "));
    assert.match(stderr, said);
    assert.is(stdout, "");
  }
});

test("an option wins over a variable of the log, and what logs nothing takes no notice of them", async () => {
  assert.is((await ask(["validate", "--log-level", "error"], { MLFLOW_AUTH_LOG: "loud" })).code, 0);
  assert.is((await ask(["validate"], { MLFLOW_AUTH_LOG: " DEBUG ", MLFLOW_AUTH_LOG_FORMAT: "JSON" })).code, 0);
  assert.is((await ask(["completion", "bash"], { MLFLOW_AUTH_LOG: "loud" })).code, 0);
});

test("--config is taken before the command and behind it", async () => {
  const file = site.project.write("other.yaml", "version: 1\ntrackingUri: https://other.example.com\n");
  for (const args of [
    ["--config", file, "validate"],
    ["validate", "--config", file],
  ]) {
    const { code, stdout } = await ask(args);
    assert.is(code, 0);
    assert.match(stdout, /other\.example\.com/);
  }
});

test("nothing is coloured away from a terminal", async () => {
  const { stdout, stderr } = await ask(["validate"], { FORCE_COLOR: "1" });
  assert.not((stdout + stderr).includes("\x1b"));
});

test("a reader that goes away is no failure", async () => {
  const child = spawn("sh", ["-c", '"$0" "$1" validate; echo "code $?" >&2', process.execPath, builtCommand], {
    cwd: site.project.folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  await once(child, "close");
  assert.is(stderr, "code 0\n");
});

test("wrong usage of a command that was to print JSON is its result, and of any other is not", async () => {
  for (const [args, message] of [
    [["headers", "--json"], "missing required argument 'url'"],
    [["--log-level", "info", "tags", "--json", "--servr"], "unknown option '--servr'"],
    [["plugins", "x", "--json"], "too many arguments for 'plugins'. Expected 0 arguments but got 1: x."],
  ] as const) {
    const { code, stdout, stderr } = await ask([...args]);
    const { error } = JSON.parse(stdout);
    assert.equal([code, error.code, error.message], [2, "USAGE", message]);
    assert.match(error.remedy, /^mlflow-auth \w+ --help$/);
    assert.match(stderr, /^USAGE: /);
  }
  for (const args of [
    ["headers"],
    ["exec", "--servr", "x", "--json"],
    ["exec", "--servr", "x", "--", "headers", "--json"],
    ["exec", "--servr", "x", "headers", "--json"],
    ["headers", "--servr", "--", "--json"],
  ]) {
    const { code, stdout } = await ask(args);
    assert.equal([code, stdout], [2, ""]);
  }
});

test.run();
