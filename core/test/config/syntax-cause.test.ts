/** A slip in the file is told once, where it is, with what to do: not all that a parser stumbles over after it. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { readConfig } from "../../src/config/read.js";

const test = suite("the first cause of a file that is not well-formed");

const UNQUOTED = /^within \{ } or \[ ] a `\$\{…}` must be in quotes: "\$\{NAME}"$/;

const slips: Record<string, [text: string, place: string, message: RegExp]> = {
  "a variable without quotes in braces": [
    "version: 1\nplugins:\n  vault:\n    auth: { method: approle, roleId: ${VAULT_ROLE_ID}, secretId: { env: A } }\n    secret: { path: a }\n",
    "4:38",
    UNQUOTED,
  ],
  "a variable without quotes as the last field": ["auth: { roleId: ${VAULT_ROLE_ID} }\nversion: 1\n", "1:17", UNQUOTED],
  "a variable within a text in braces": ["tls: { ca: /etc/${HOST}/ca.pem, key: b }\n", "1:17", UNQUOTED],
  "a variable without quotes in brackets": ["auth: [ ${FIRST}, vault ]\nversion: 1\n", "1:9", UNQUOTED],
  "a brace that nothing closes": [
    "plugins:\n  vault:\n    auth: { method: approle\n    secret: { path: a }\n",
    "3:11",
    /^nothing closes this `\{`: `}` is missing$/,
  ],
  "a brace that nothing closes, on the last line": ["plugins: { vault: {}\n", "1:10", /^nothing closes this `\{`/],
  "a bracket that nothing closes": [
    "auth: [vault, aws\nversion: 1\n",
    "1:7",
    /^nothing closes this `\[`: `]` is missing$/,
  ],
  "a quote that nothing closes": ['auth: "vault\nversion: 1\n', "1:7", /^nothing closes this quote$/],
  "a single quote that nothing closes, in braces": [
    "tls: { ca: 'a }\nversion: 1\n",
    "1:12",
    /^nothing closes this quote$/,
  ],
  "a quote alone at the end": ["auth: '", "1:7", /^nothing closes this quote$/],
  "a brace too many": ["tls: { ca: a }}\nversion: 1\n", "1:15", /^this `}` closes nothing/],
  "a text with a colon": ["auth: vault: aws\nversion: 1\n", "1:7", /^a text that holds `: ` must be in quotes$/],
  "a line that is indented too deeply": [
    "tls:\n  ca: a\n   key: b\nversion: 1\n",
    "2:7",
    /^the line below is indented deeper/,
  ],
  "a line that is indented by halves": [
    "tls:\n    ca: a\n  key: b\nversion: 1\n",
    "3:3",
    /^this line is indented neither/,
  ],
  "a colon without a space": ["tls:\n  ca:a\n  key: b\n", "2:3", /^a space is missing behind the `:`$/],
  "a field without a colon": [
    "version: 1\ntrackingUri\nauth: vault\n",
    "2:1",
    /^a `:` with a space behind it is missing on this line$/,
  ],
  "a comma that is missing": [
    "tls: { ca: a key: b }\nversion: 1\n",
    "1:12",
    /^a comma is missing before the next field$/,
  ],
  "a tab as indentation": ["tls:\n\tca: a\n", "2:1", /^a tab is not allowed/],
};

for (const [slip, [text, place, message]] of Object.entries(slips)) {
  test(slip, async () => {
    const { data, problems } = await readConfig(text, { json: false });
    assert.is(data, undefined);
    assert.is(problems.length, 1);
    const [{ position, message: said } = { position: undefined, message: "" }] = problems;
    assert.is(`${position?.line}:${position?.column}`, place);
    assert.match(said, message);
  });
}

test("variables in quotes, or outside of braces, are no slip", async () => {
  const { problems } = await readConfig('auth: { roleId: "${A}" }\nuri: ${B}\nlist:\n  - ${C}/x\n', { json: false });
  assert.equal(problems, []);
});

test("no place lies behind the last line, and no text of the file is repeated", async () => {
  const canary = ["qz", "x9", "jw"].join("");
  for (const [text] of Object.values(slips)) {
    for (const broken of [text.trimEnd(), `${text}\n\n`, text.replaceAll(/\b[a-z]+\b/g, canary)]) {
      const { problems } = await readConfig(broken, { json: false });
      for (const { position, message } of problems) {
        assert.ok((position?.line ?? 0) <= broken.trimEnd().split("\n").length, message);
        assert.not.match(message, canary);
      }
    }
  }
});

test("nesting that has no end is told as such", async () => {
  for (const text of ["[".repeat(100_000), `${"{a: ".repeat(20_000)}`, `${"[".repeat(150)}${"]".repeat(151)}`]) {
    const { problems } = await readConfig(text, { json: false });
    assert.is(problems.length, 1);
  }
});

test.run();
