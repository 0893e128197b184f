import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { emptyFolder } from "../../cli/test/new-plugin.ts";
import { missing } from "../servers/tools.ts";
import { CTRL_C, CTRL_D, CTRL_U, DOWN, ENTER, inTerminal, type Session, SPACE, type Step } from "./terminal.ts";

const test = suite("mlflow-auth create-plugin on a terminal", { missing: await missing("python"), timeout: 60 });

let here: ReturnType<typeof emptyFolder>;
test.beforeEach(() => {
  here = emptyFolder();
});
test.afterEach(() => here.remove());

const create = (steps: readonly Step[], args: string[] = []): Promise<Session> =>
  inTerminal({ command: [process.execPath, builtCommand, "create-plugin", ...args], cwd: here.folder, steps });

const FOLDER = "mlflow-auth-plugin-acme";
const isThere = (file: string) => existsSync(join(here.folder, FOLDER, file));

test("asks for the name, the kinds and the language; Enter takes a credential, in TypeScript", async () => {
  const { code, screen } = await create([
    ["from?", `acme${ENTER}`],
    ["What does it give?", ENTER],
    ["In which language?", ENTER],
  ]);
  assert.is(code, 0);
  assert.match(screen, "the plugin acme, which gives credentials");
  assert.match(
    screen,
    /Try this next:\n {2}cd mlflow-auth-plugin-acme && npm install\n {2}npm test\n {2}npm run try\n$/,
  );
  assert.ok(isThere("src/index.ts"));
});

test("several kinds can be chosen, and JavaScript", async () => {
  const { code, screen } = await create([
    ["from?", `acme${ENTER}`],
    ["What does it give?", DOWN + SPACE + DOWN + SPACE + ENTER],
    ["In which language?", DOWN + ENTER],
  ]);
  assert.is(code, 0);
  assert.match(screen, "which gives credentials, request headers, run tags");
  for (const file of ["index.js", "auth.js", "headers.js", "tags.js"]) assert.ok(isThere(file), file);
});

test("a name that can't be one, or whose folder is taken, is asked again with the reason", async () => {
  mkdirSync(join(here.folder, "mlflow-auth-plugin-taken"));
  writeFileSync(join(here.folder, "mlflow-auth-plugin-taken/mine"), "");
  const { code } = await create(
    [
      ["from?", ENTER],
      ["this is needed", `Acme Corp${ENTER}`],
      ["must be of lower-case letters", `${CTRL_U}vault${ENTER}`],
      ["is that of the plugin in", `${CTRL_U}taken${ENTER}`],
      ["is there already", `${CTRL_U}acme${ENTER}`],
    ],
    ["--js"],
  );
  assert.is(code, 0);
  assert.ok(isThere("index.js"));
});

test("what is said on the command line is not asked, and with --yes nothing is", async () => {
  const named = await create(
    [
      ["What does it give?", ENTER],
      ["In which language?", DOWN + ENTER],
    ],
    ["acme"],
  );
  assert.is(named.code, 0);
  assert.not.match(named.screen, "from?");
  const chosen = await create([], ["store", "--tags"]);
  assert.equal([chosen.code, /What does it give|language/.test(chosen.screen)], [0, false]);
  const yes = await create([], ["other", "--yes"]);
  assert.is(yes.code, 0);
  assert.equal(readdirSync(here.folder).sort(), [FOLDER, "mlflow-auth-plugin-other", "mlflow-auth-plugin-store"]);
});

for (const [key, typed] of [
  ["Ctrl-C", CTRL_C],
  ["Ctrl-D", CTRL_D],
] as const) {
  test(`${key} writes nothing, says so, and shows no stack`, async () => {
    const { code, screen } = await create([
      ["from?", `acme${ENTER}`],
      ["What does it give?", typed],
    ]);
    assert.is(code, 130);
    assert.match(screen, "nothing was written");
    assert.not.match(screen, /\n\s+at /);
    assert.equal(readdirSync(here.folder), []);
  });
}

test("a folder that is taken is told before anything is asked", async () => {
  mkdirSync(join(here.folder, FOLDER));
  writeFileSync(join(here.folder, FOLDER, "mine"), "");
  const { code, screen } = await create([], ["acme"]);
  assert.is(code, 2);
  assert.match(screen, /^USAGE: mlflow-auth-plugin-acme is there already/);
});

test.run();
