/** Every error code, environment variable and exit code that the documentation names exists. */
import { globSync, readFileSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { execExit, exit } from "../../cli/src/exit-codes.ts";
import { codes } from "../../core/src/errors/codes.ts";
import { inlineCode, markdownFiles, proseOf, readMarkdown, root } from "./markdown.ts";

const test = suite("names in the documentation");

/** What people use; the history, the threat model and notes for contributors name other things, too. */
const files = markdownFiles().filter((file) => /^(README|docs\/|examples\/|cli\/|core\/README|plugins\/)/.test(file));

/** All that the packages read, but for the table of codes. */
const sources = globSync(
  ["{core,cli,proxy,plugins/*}/src/**/*.ts", "schema/*.json", "plugins/*/{,*/}*.json", "{proxy/python,python}/**/*.py"],
  { cwd: root },
)
  .filter((file) => !file.endsWith("errors/codes.ts"))
  .map((file) => readFileSync(root + file, "utf8"))
  .join("\n");

/** Of the reader's own making, also as a plugin's author, of MLflow's server, Vault's and Node's: none that a package of ours reads. */
const foreign =
  /^(?:STAGE|TEAM|NAME|FILE|PATH|TOKEN|URI|CI_\w+|VAULT_TOKEN|MLFLOW_HTTP_REQUEST_MAX_RETRIES|NODE_\w+|REGISTRY_ADMIN_REQUIRED|ARTIFACTS_DISABLED|RESOURCE_NOT_FOUND|PORT|HOST|USER|CREDENTIALS_DIRECTORY|(?:ACME|SHOWN|OIDC)_\w+)$/;

const isName = (word: string) => /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(word);

test("every code and variable in a sentence or table is known", () => {
  const unknown = files.flatMap((file) =>
    inlineCode(readMarkdown(file))
      .flatMap((code) => code.match(/\b[A-Z][A-Z0-9_]+\b/g) ?? [])
      .filter((word) => isName(word) && !foreign.test(word) && !Object.hasOwn(codes, word))
      .filter((word) => !new RegExp(`\\b${word}\\b`).test(sources))
      .map((word) => `${file}: ${word}`),
  );
  assert.equal(unknown, []);
});

test("every variable of the guide of the command line has a row, and every one of ours is there", () => {
  const guide = inlineCode(readMarkdown("docs/guides/command-line.md"));
  const ours = new Set(sources.match(/\bMLFLOW_AUTH_[A-Z_]*[A-Z]\b/g));
  // A variable of another program that `init` takes over.
  ours.delete("MLFLOW_AUTH_HEADER_NAME");
  assert.ok(ours.size >= 4);
  for (const name of ours) assert.ok(guide.includes(name), name);
});

test("every option of the file that is named with its place is in the reference", () => {
  const reference = readMarkdown("docs/configuration.md");
  const options = Array.from(reference.matchAll(/^\| `([\w.]+)`/gm), ([, path = ""]) => path);
  assert.ok(options.includes("auth.roleId") && options.includes("tls.ca"));
  const groups = new Set(options.filter((path) => path.includes(".")).map((path) => path.split(".")[0]));
  /** What `loadMlflowAuth` gives is called `auth`, too; and a `Secret` of a plugin has a method. */
  const members = [
    "secret.reveal",
    "auth.fetch",
    "auth.headers",
    "auth.tags",
    "auth.interceptor",
    "auth.authProvider",
    "auth.close",
  ];
  const unknown = files.flatMap((file) =>
    inlineCode(readMarkdown(file))
      .flatMap((code) => /^([a-z]+)\.[a-zA-Z]+(?=$|[(:])/.exec(code) ?? [])
      .filter((path) => groups.has(path.split(".")[0]) && path.includes("."))
      .filter((path) => !options.includes(path) && !members.includes(path))
      .map((path) => `${file}: ${path}`),
  );
  assert.equal(unknown, []);
});

test("every exit code that is named is one of the command's", () => {
  const known = new Set<number>([...Object.values(exit), ...Object.values(execExit)]);
  for (const file of files) {
    for (const [sentence, code] of proseOf(readMarkdown(file)).matchAll(/exits? (?:with |codes? )+(\d+)/gi)) {
      assert.ok(known.has(Number(code)), `${file}: ${sentence}`);
    }
  }
});

test("the table of the guide has the exit codes that the errors have", () => {
  const guide = readMarkdown("docs/guides/command-line.md");
  for (const code of Object.values(exit)) assert.match(guide, new RegExp(`\\b${code}: `));
});

test.run();
