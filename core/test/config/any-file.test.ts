import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { jsonErrorOffset } from "../../src/config/json-error.js";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { project } from "../discovery/plugin-packages.ts";
import { backend, labels, second, stamp } from "./sample-plugins.ts";

const test = suite("any file at all");
const folder = project(backend, second, stamp, labels);

const word = fc.constantFrom(
  "version",
  "servers",
  "uri",
  "auth",
  "headers",
  "tls",
  "plugins",
  "backend",
  "stamp",
  "token",
  "env",
  "__proto__",
  "method",
  "approle",
  "https://x.example.com",
  "${X}",
  "${Y:-1}",
  "$${",
  "*",
  "",
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    word,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("map"),
    tie("map"),
  ),
  list: fc.array(tie("value"), { maxLength: 3 }),
  map: fc.array(fc.tuple(word, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
}));
/** The head of a valid file, with anything in place of its parts. */
const nearly = fc.record({
  version: fc.constant(1),
  trackingUri: fc.option(word, { nil: undefined }),
  servers: fc.option(fc.array(fc.record({ uri: word, auth: value, tls: value }, { requiredKeys: [] })), {
    nil: undefined,
  }),
  auth: fc.option(value, { nil: undefined }),
  plugins: fc.dictionary(fc.constantFrom("backend", "stamp", "second", "labels"), value),
});

/** Resolves if it is a configuration or a refusal with reasons; anything else is our own failure. */
async function judged(options: { config?: unknown; configFile?: string }): Promise<void> {
  try {
    await loadConfig({ ...options, config: options.config as never, cwd: folder, env: { X: "true" } });
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    assert.ok(error.code === "CONFIG_UNREADABLE" || error.problems.length > 0);
    for (const problem of error.problems) {
      assert.ok(problem.message.length > 0);
      if (options.configFile !== undefined) assert.ok((problem.line ?? 0) > 0 && (problem.column ?? 0) > 0);
    }
  }
}

test("an object is either a configuration or refused with reasons", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(value, nearly), (config) => judged({ config: config ?? null })),
    { numRuns: 500 },
  );
});

test("so is a file, and each problem has a place", async () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return judged({ configFile: name });
  };
  await fc.assert(
    fc.asyncProperty(fc.oneof(value, nearly), (data) => write("any.json", JSON.stringify(data, null, 1) ?? "null")),
    { numRuns: 300 },
  );
  const line = fc.constantFrom(
    "version: 1",
    "plugins:",
    "  backend:",
    "    token: {",
    "}",
    "- a",
    "? x",
    "&a b",
    "*a",
    "!t c",
    "'",
    "|",
    "\t",
    "---",
    "%YAML 1.1",
    "<<: x",
    "# c",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), (lines) => write("any.yaml", `${lines.join("\n")}\n`)),
    { numRuns: 500 },
  );
});

test("the place where JSON breaks is the first character that no JSON text has there", () => {
  const piece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"',
    "1",
    "-",
    "0",
    "true",
    "nul",
    " ",
    "\n",
    "\\",
    ".5",
    "e1",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const offset = jsonErrorOffset(text);
      let sound = true;
      try {
        JSON.parse(text);
      } catch {
        sound = false;
      }
      assert.is(offset === undefined, sound);
      assert.ok(offset === undefined || (offset >= 0 && offset <= text.length));
    }),
    { numRuns: 2000 },
  );
});

test("JSON may break at any depth", () => {
  for (const piece of ["[", '{"a":', '[{"a":[1,']) {
    const text = piece.repeat(200_000 / piece.length);
    assert.is(jsonErrorOffset(text), text.length);
    assert.is(jsonErrorOffset(`${text}]]}x`) !== undefined, true);
  }
  const depth = 100_000;
  assert.is(jsonErrorOffset(`${"[".repeat(depth)}1${"]".repeat(depth)}`), undefined);
  assert.is(jsonErrorOffset(`${"[".repeat(depth)}1${"]".repeat(depth - 1)}}`), 2 * depth);
});

test.run();
