import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { textSource } from "@mlflow-auth/core/plugin";
import { canary, revealedBy } from "@mlflow-auth/core/testing";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { apiKeyIn } from "../src/sdk-config.js";
import { startProvider } from "./start-provider.ts";

const test = suite("Hokusai's API key");

/** A home folder with this configuration of Hokusai's SDK. */
function home(config?: string | Uint8Array): { HOME: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-hokusai-"));
  closeAfterwards(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, ".hokusai"));
  const file = join(folder, ".hokusai", "config");
  if (config !== undefined) writeFileSync(file, config);
  return { HOME: folder, file };
}

test("goes as X-API-Key, as it is, from the option first and then from the SDK's file", async () => {
  const { HOME } = home("[default]\napi_key = of the file\n");
  const given = await startProvider({ apiKey: textSource(" given ", "the test") }, { env: { HOME } });
  assert.is(await given.headers(), "X-API-Key: given");
  assert.is(await (await startProvider({}, { env: { HOME } })).headers(), "X-API-Key: of the file");
});

test("that was replaced in the SDK's file is taken up after a rejection, and after five minutes", async () => {
  const { HOME, file } = home("[default]\napi_key = first\n");
  const { provider, headers, context } = await startProvider({}, { env: { HOME } });
  assert.is(await headers(), "X-API-Key: first");
  writeFileSync(file, "[default]\napi_key = second\n");
  assert.is(await headers(), "X-API-Key: first");
  const request = { url: new URL("https://x.test/"), method: "GET", server: { uri: "https://x.test" } };
  await provider.invalidate("unauthorized", { request, auth: { headers: {} } });
  assert.is(await headers(), "X-API-Key: second");
  writeFileSync(file, "[default]\napi_key = third\n");
  await context.clock.advance(300_001);
  assert.is(await headers(), "X-API-Key: third");
});

const configs: Record<string, [text: string, key: string | undefined]> = {
  "of an equals sign": ["[default]\napi_key=a=b;c#d\n", "a=b;c#d"],
  "of a colon, quotes that belong to it, and capitals": ['[Default]\r\nAPI_Key : "k"\r\n', '"k"'],
  "of several sections": [
    "[other]\napi_key = no\n[default]\n# api_key = no\n; api_key = no\nx = 1\napi_key = yes",
    "yes",
  ],
  "of another section alone": ["[other]\napi_key = no", undefined],
  "without a section": ["api_key = no", undefined],
  "without a value": ["[default]\napi_key =\n", undefined],
  "that goes on in the next line": ["[default]\napi_key = a\n  b\n", "a\nb"],
  "with a comment behind the key": ["[default]\napi_key = k\n  # its owner\n  ; its end\n", "k"],
  "with a line that says nothing": ["[default]\nnonsense\napi_key = k", "k"],
};
for (const [what, [text, key]] of Object.entries(configs)) {
  test(`in a file ${what}: as Python's configparser reads it`, () => assert.is(apiKeyIn(text), key));
}

const faults: Record<string, [config: string | Uint8Array | undefined, says: RegExp]> = {
  "is not there": [undefined, /^there is no API key for Hokusai$/],
  "is empty": ["", /config is empty$/],
  "has no key": ["[default]\nendpoint = x\n", /config has no api_key in its section \[default\]$/],
  "is too large": [`[default]\n${"#".repeat(70_000)}`, /larger than 64 KiB$/],
  "is no text": [Buffer.from([0xff, 0xfe, 0xfd]), /not UTF-8 text$/],
};
for (const [what, [config, says]] of Object.entries(faults)) {
  test(`a file that ${what} is an error that says what to do, and no key`, async () => {
    const { HOME } = home(config);
    const { fault } = await startProvider({}, { env: { HOME } });
    const { code, message, remedy, plugin } = await fault();
    assert.equal([code, plugin], ["SECRET_SOURCE", "hokusai"]);
    assert.match(message, says);
    assert.match(remedy ?? "", /api_key/);
  });
}

test("a folder or a dangling link in place of the file are errors of their own", async () => {
  const { HOME, file } = home();
  mkdirSync(file);
  assert.match((await (await startProvider({}, { env: { HOME } })).fault()).message, /not a regular file/);
  const other = home();
  symlinkSync("nowhere", other.file);
  assert.match((await (await startProvider({}, { env: { HOME: other.HOME } })).fault()).message, /there is no API key/);
});

test("a file that can't be reached is no missing one", async () => {
  const { HOME, file } = home();
  symlinkSync(file, file);
  const { message, remedy } = await (await startProvider({}, { env: { HOME } })).fault();
  assert.match(message, /can't be read \(ELOOP\)/);
  assert.match(remedy ?? "", /may be read/);
});

test("that would break the header's line is refused, wherever it comes from, and shows nowhere", async () => {
  const secret = canary();
  for (const text of [`${secret}\r\nX-Admin: 1`, `${secret}\u0000`, `${secret}ü`]) {
    const { fault } = await startProvider({ apiKey: textSource(text, "the test") });
    const { code, message, remedy } = await fault();
    assert.is(code, "SECRET_FORMAT");
    assert.is(revealedBy(`${message} ${remedy}`, secret), undefined);
  }
  const { HOME } = home(`[default]\napi_key = ${secret}\n  X-Admin: 1\n`);
  assert.is((await (await startProvider({}, { env: { HOME } })).fault()).code, "SECRET_FORMAT");
});

test.run();
