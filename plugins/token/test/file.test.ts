import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentSource, textSource } from "@mlflow-auth/core/plugin";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { jwtOf, rejected, startProvider, testFolder } from "./start-provider.ts";

const test = suite("the token in a file or a variable");
const folder = testFolder();
test.after(() => folder.remove());

let volumes = 0;
/** A volume as the kubelet writes it: `token` leads by `..data` into a folder that is exchanged as a whole. */
function startVolume(first: string) {
  const root = join(folder.path, `volume-${++volumes}`);
  mkdirSync(root);
  let versions = 0;
  let current: string | undefined;
  const put = (token: string) => {
    const version = `..version-${++versions}`;
    mkdirSync(join(root, version));
    writeFileSync(join(root, version, "token"), token);
    symlinkSync(version, join(root, "..data_tmp"));
    renameSync(join(root, "..data_tmp"), join(root, "..data"));
    if (current !== undefined) rmSync(join(root, current), { recursive: true });
    current = version;
  };
  put(first);
  symlinkSync("..data/token", join(root, "token"));
  return { put, source: folder.source(join(`volume-${volumes}`, "token")) };
}

const bearer = (token: string) => `Authorization: Bearer ${token}`;

test("that Kubernetes exchanges is read again within a second, though it has the same size", async () => {
  const volume = startVolume("token-a\n");
  const started = await startProvider({ token: volume.source });
  const { clock } = started.context;
  assert.is(await started.headers(), bearer("token-a"));
  volume.put("token-b\n");
  await clock.advance(999);
  assert.is(await started.headers(), bearer("token-a"));
  await clock.advance(1);
  assert.is(await started.headers(), bearer("token-b"));
});

test("that nobody writes is not read again before its token's end comes near", async () => {
  let reads = 0;
  const started = await startProvider({});
  const token = jwtOf({ exp: started.context.clock.wallTime() / 1000 + 3_600 });
  folder.write("quiet", token);
  const { path, origin, read } = folder.source("quiet");
  const counted = {
    path,
    origin,
    read() {
      reads++;
      return read();
    },
  };
  const { auth, provider, context } = await startProvider({ token: counted });
  const first = await auth();
  for (let second = 0; second < 2_800; second += 100) {
    await context.clock.advance(100_000);
    assert.is(await auth(), first);
  }
  assert.is(reads, 1);
  assert.is(provider.getAuth(rejected.request), first, "between two looks there is no promise");
  await started.close();
});

test("that is exchanged while it is read is read once more", async () => {
  folder.write("raced", "token-a");
  const source = folder.source("raced");
  let isRaced = false;
  const racing = {
    ...source,
    async read() {
      const secret = await source.read();
      if (!isRaced) folder.write("raced", "token-b");
      isRaced = true;
      return secret;
    },
  };
  const started = await startProvider({ token: racing });
  assert.is(await started.headers(), bearer("token-a"));
  await started.context.clock.advance(1_000);
  assert.is(await started.headers(), bearer("token-b"));
});

test("that is empty or gone for a moment leaves the token that was read in use, until its end and not beyond", async () => {
  for (const vanish of [
    () => void writeFileSync(join(folder.path, "moment"), ""),
    () => unlinkSync(join(folder.path, "moment")),
  ]) {
    const started = await startProvider({});
    const end = started.context.clock.wallTime() + 600_000;
    folder.write("moment", jwtOf({ exp: end / 1000 }));
    const { auth, fault, headers, context } = await startProvider({ token: folder.source("moment") });
    const first = await auth();
    vanish();
    await context.clock.advance(5_000);
    assert.is(await auth(), first);
    await context.clock.advance(590_000);
    assert.is(await auth(), first);
    await context.clock.advance(5_000);
    const { code, plugin, transient } = await fault();
    assert.equal([code, plugin, transient], ["SECRET_SOURCE", "token", true]);
    folder.write("moment", "token-b");
    await context.clock.advance(60_000);
    assert.is(await headers(), bearer("token-b"));
  }
});

test("that may not be read any more, or is none, ends the use of what was read", async () => {
  folder.write("revoked", "token-a");
  const started = await startProvider({ token: folder.source("revoked") });
  await started.auth();
  unlinkSync(join(folder.path, "revoked"));
  mkdirSync(join(folder.path, "revoked"));
  await started.context.clock.advance(1_000);
  const fault = await started.fault();
  assert.equal([fault.code, fault.transient], ["SECRET_SOURCE", false]);
  assert.match(fault.message, /revoked is not a regular file$/);
});

test("after a rejection it is read at once", async () => {
  folder.write("rejected", "token-a");
  const started = await startProvider({ token: folder.source("rejected") });
  await started.auth();
  folder.write("rejected", "token-b");
  await started.provider.invalidate("unauthorized", rejected);
  assert.is(await started.headers(), bearer("token-b"));
});

test("a token that does not say when it ends is read again after ttl, though its file looks the same", async () => {
  let token = "token-a";
  const started = await startProvider({
    token: { ...folder.source("none"), read: async () => await textSource(token, "x").read() },
    ttl: 60_000,
  });
  assert.is(await started.headers(), bearer("token-a"));
  token = "token-b";
  await started.context.clock.advance(60_000);
  assert.is(await started.headers(), bearer("token-b"));
});

test("a token that is over when it is read: since when, and who has to renew it", async () => {
  const started = await startProvider({});
  const token = jwtOf({ exp: started.context.clock.wallTime() / 1000 - 7_200 });
  folder.write("over", token);
  for (const [source, message, remedy] of [
    [
      folder.source("over"),
      /^the token of the file .*\/over expired 2 h ago, at 2059-12-31T22:00:00Z$/,
      /^see why whatever writes the file .*\/over has not renewed it/,
    ],
    [
      environmentSource("ID_TOKEN", { ID_TOKEN: token }),
      /^the token of the variable ID_TOKEN expired 2 h ago/,
      /^put a new one into the variable ID_TOKEN and start again/,
    ],
  ] as const) {
    const fault = await (await startProvider({ token: source })).fault();
    assert.is(fault.code, "SECRET_EXPIRED");
    assert.match(fault.message, message);
    assert.match(fault.remedy ?? "", remedy);
    assert.match(fault.remedy ?? "", /compare this machine's clock$/);
  }
  folder.write("renewed", token);
  const waiting = await startProvider({ token: folder.source("renewed") });
  await waiting.fault();
  folder.write("renewed", "token-b");
  await waiting.context.clock.advance(60_000);
  assert.is(await waiting.headers(), bearer("token-b"));
});

test("a token that begins only later is sent: the server's clock is the judge of that", async () => {
  const started = await startProvider({});
  const now = started.context.clock.wallTime() / 1000;
  const token = jwtOf({ nbf: now + 60, iat: now + 60, exp: now + 3_600 });
  assert.is(
    await (await startProvider({ token: textSource(token, "the configuration file") })).headers(),
    bearer(token),
  );
});

test.run();
