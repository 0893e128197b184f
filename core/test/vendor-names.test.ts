/** Core, the command and the proxy know no vendor: what is particular to one stands in the package of its plugin. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("names of vendors");
const root = fileURLToPath(new URL("../..", import.meta.url));
const vendor = /vault|datadog|hokusai|descope|azure|(?<![a-z])aws|\bDD_/i;

/** Where one may be named, with what the lines there have in common and why. */
const allowed: Readonly<Record<string, readonly (readonly [line: RegExp, why: string])[]>> = {
  "core/src/discovery/install-command.ts": [
    [/^(?:export )?const (?:ownPlugins|sharedPackages)/, "names of packages, for the command that installs one"],
  ],
  "core/src/config/secret-variables.ts": [[/KEY_VAULT/, "a name of a place that has a word for a secret in it"]],
  "core/src/http/identity-headers.ts": [
    [
      /^ {4}(by|source): "|^ {6}"X-Azure-|^ {4}names: \["X-(?:Hokusai|Descope)-/,
      "whose headers no client may send, whichever plugins there are, and where that is written",
    ],
  ],
  "core/src/transport/run-tags.ts": [[/"aws4-"/, "the signature of MLflow's own client (MLFLOW_TRACKING_AWS_SIGV4)"]],
  "cli/src/child-environment.ts": [[/MLFLOW_TRACKING_AWS_SIGV4/, "a variable of MLflow's"]],
  "cli/src/removed-variables.ts": [[/MLFLOW_TRACKING_AWS_SIGV4/, "a variable of MLflow's"]],
  "proxy/src/private/python-bridge.ts": [[/MLFLOW_TRACKING_AWS_SIGV4/, "a variable of MLflow's"]],
  "core/src/without-file/switches.ts": [
    [/^ {2}\{ system: .* \},$/, "from the switches of older systems to the plugins that do the same"],
    [/^const hokusai: Api/, "where its key alone is a switch"],
  ],
  "core/src/without-file/chosen-plugins.ts": [[/as in \$\{pluginsVariable\}=vault/, "an example in a message"]],
  "cli/src/init/settings.ts": [[/const example = /, "an example in a message"]],
  "cli/src/init/surroundings.ts": [[/\(or another one[;)]/, "an example in a message"]],
  "core/src/discovery/known-plugins.ts": [[/as in `vault-prod`/, "an example in a comment"]],
  "cli/src/plugin-package/tarball-findings.ts": [
    [/^ {2}\/\(\?:\^\|/, "names of files in which people keep credentials"],
  ],
  "cli/src/commands/plugins.ts": [[/Try this: \$\{install/, "an example in a message"]],
  "cli/src/program.ts": [
    [/such as vault\.|VAULT_ADDR, DD_API_KEY|"mlflow-auth (init|plugins) /, "examples in the help"],
  ],
  "cli/src/doctor/wire.ts": [[/For example/, "an example in a comment"]],
};

const files = globSync(["{core,cli,proxy}/src/**/*.ts", "schema/*.json", "schema/src/*.ts"], { cwd: root }).sort();
const named = files.flatMap((file) =>
  readFileSync(root + file, "utf8")
    .split("\n")
    .filter((line) => vendor.test(line))
    .map((line) => ({ file, line })),
);

test("they stand in no source but where the table says so", () => {
  assert.ok(files.length > 150, "the sources are there");
  const others = named
    .filter(({ file, line }) => !allowed[file]?.some(([pattern]) => pattern.test(line)))
    .map(({ file, line }) => `${file}: ${line.trim()}`);
  assert.equal(others, []);
});

test("the table names nothing that is gone", () => {
  const gone = Object.entries(allowed).flatMap(([file, lines]) =>
    lines
      .filter(([pattern]) => !named.some((found) => found.file === file && pattern.test(found.line)))
      .map(([pattern]) => `${file}: ${pattern}`),
  );
  assert.equal(gone, []);
});

test.run();
