/** What an error repeats of a command's stderr. */
import { canary, revealedBy } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { jwtOf, startProvider, testFolder } from "./start-provider.ts";

const test = suite("what a command says on stderr");
const folder = testFolder();
test.after(() => folder.remove());

/** The remedy of the error of a command that prints these texts, byte for byte, and fails. */
async function remedyOf(
  stderr: string,
  {
    stdout = "",
    env = {},
    args = [],
  }: { stdout?: string; env?: Record<string, string>; args?: readonly string[] } = {},
) {
  folder.write("stderr", stderr);
  folder.write("stdout", stdout);
  folder.script("failing", "cat stdout; cat stderr >&2; exit 1");
  const fault = await (await startProvider({ command: ["./failing", ...args], cwd: folder.path }, { env })).fault();
  return fault.remedy ?? "";
}

const said = (words: string) => `run it by hand to see why; it said “${words}”`;

test("stands in the remedy: its last lines, on one line, without colours, and in a length that can be read", async () => {
  assert.is(await remedyOf("one\ntwo\n\nthree\r\nfour\n"), said("two / three / four"));
  assert.is(await remedyOf("\u001b[31mERROR:\u001b[0m no login\u0007\n"), said("ERROR: no login\\u0007"));
  assert.is(await remedyOf(`${"no ".repeat(200)}\n`), said(`${"no ".repeat(66)}no…`));
  assert.is(await remedyOf("\n"), "run it by hand to see why");
});

test("is read from the beginning of a line where there is much of it", async () => {
  const long = `${"w ".repeat(20_000)}\n`;
  assert.is(await remedyOf(`${long}the end\n`), said("the end"));
});

const token = canary();
const jwt = jwtOf({ sub: "s", exp: 1 });
for (const [what, stderr, options, shown] of [
  ["the token that it prints", `bad: ${token}!\n`, { stdout: `${token}\n` }, "bad: [secret]!"],
  ["the token in its JSON", `bad ${token}\n`, { stdout: `{"token":"${token}"}` }, "bad [secret]"],
  ["a part of the token", `bad ${token.slice(3, 20)} is\n`, { stdout: token }, "bad [secret] is"],
  ["a JSON Web Token, though stdout is empty", `got ${jwt} from it\n`, {}, "got [secret] from it"],
  ["what stands behind Bearer", "sent Authorization: Bearer abc123\n", {}, "sent Authorization: Bearer [secret]"],
  [
    "what stands behind the word for it",
    "client_secret=abc123 password: 'def456'\n",
    {},
    "client_secret=[secret] password: '[secret]'",
  ],
  ["a secret of its environment", `denied for ${token}\n`, { env: { CLIENT_SECRET: token } }, "denied for [secret]"],
  [
    "a phrase of its environment",
    "denied for my dog rex\n",
    { env: { DB_PWD: "my dog rex\n" } },
    "denied for [secret]",
  ],
  ["what is as long as a secret", `id ${"0a".repeat(32)} denied\n`, {}, "id [secret] denied"],
  ["a password in an address", "no way to https://me:abc123@host/x\n", {}, "no way to https://[secret]@host/x"],
  ["a user as curl takes one", "+ curl -u me:abc123 https://host\n", {}, "+ curl -u [secret] https://host"],
  ["what stands behind an option for it", "+ login --password abc123 -v\n", {}, "+ login --password [secret] -v"],
  ["a login of any scheme", "sent Authorization: Token abc123\n", {}, "sent Authorization: Token [secret]"],
  ["a secret in quotes, with blanks", '{"password": "ab cd \\" ef"}\n', {}, '{"password": "[secret]"}'],
  ["an argument that may be one", "no user has abc123def\n", { args: ["abc123def"] }, "no user has [secret]"],
  ["a part of an argument", "no user has abc123def\n", { args: ["-c", "login 'abc123def'"] }, "no user has [secret]"],
  [
    "the argument of an option for it, of letters alone",
    "no user has abcdefghi\n",
    { args: ["--password", "abcdefghi"] },
    "no user has [secret]",
  ],
  ["a short one behind a mark of its vendor", `bad mine.${"a1".repeat(12)}\n`, {}, "bad mine.[secret]"],
  ["one that a link of the terminal cuts", `bad ab\u001b]8;;x\u0007c${"1d".repeat(10)}\n`, {}, "bad [secret]"],
] as const) {
  test(`${what} is not repeated`, async () => {
    const remedy = await remedyOf(stderr, options);
    assert.is(remedy, said(shown));
    assert.is(revealedBy(remedy, token), undefined);
  });
}

test("shows which option, command or path was wrong: none of them is a secret", async () => {
  const args = ["print-identity-token", "--unknown-option", "/etc/some/folder", "https://host.example/audience"];
  const words = args.join(" ");
  assert.is(await remedyOf(`wrong: ${words}\n`, { args }), said(`wrong: ${words}`));
});

test("is not repeated where the command does well", async () => {
  folder.script("fine", `echo ${token}; echo WARNING: ${token} >&2`);
  const started = await startProvider({ command: ["./fine"], cwd: folder.path });
  await started.auth();
  assert.equal(started.context.logs, []);
});

test.run();
