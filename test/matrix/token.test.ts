/** The plugin that sends a token × what can go wrong where that comes from: the code, and what the caller sees by each way in. */
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startStub } from "@mlflow-auth/mlflow-stub";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { startFront } from "../servers/node-front.ts";
import { openCallers, outcomes } from "./callers.ts";

const test = suite("what the caller sees of a token that can't be had", { timeout: 60 });

/** Milliseconds: longer than a token is used that does not say when it ends. */
const BEYOND_TTL = 6 * 60_000;

/** What stands in the place of the token, or of what prints it. */
interface Source {
  readonly path: string;
  /** It gives this token. */
  hold(token: string): void;
}

const over = () => {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${encoded({ alg: "none" })}.${encoded({ exp: 1 })}.${encoded("signature")}`;
};

const script = (path: string, body: string) => {
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o700);
};
const folderAt = (path: string) => {
  rmSync(path);
  mkdirSync(path);
};

const sources = {
  file: { options: { token: { file: "token" } }, hold: (path: string, token: string) => writeFileSync(path, token) },
  command: { options: { command: ["./token"] }, hold: (path: string, token: string) => script(path, `echo ${token}`) },
};

/** As in faults.test.ts: the status where no request has succeeded yet, and where what was kept has ended. */
const faults: readonly [
  of: keyof typeof sources,
  fault: string,
  fail: (path: string) => void,
  code: string,
  first: number,
  later: number,
][] = [
  ["file", "gone", (path) => rmSync(path), "SECRET_SOURCE", 424, 503],
  ["file", "empty", (path) => writeFileSync(path, ""), "SECRET_SOURCE", 424, 503],
  ["file", "a folder", folderAt, "SECRET_SOURCE", 424, 424],
  ["file", "huge", (path) => writeFileSync(path, "x".repeat(100_000)), "SECRET_SOURCE", 424, 424],
  ["file", "several lines", (path) => writeFileSync(path, "a\nb"), "SECRET_FORMAT", 424, 424],
  ["file", "over", (path) => writeFileSync(path, over()), "SECRET_EXPIRED", 424, 503],
  ["command", "gone", (path) => rmSync(path), "SECRET_SOURCE", 424, 424],
  ["command", "not executable", (path) => chmodSync(path, 0o600), "SECRET_SOURCE", 424, 424],
  ["command", "fails", (path) => script(path, "echo no login >&2; exit 1"), "SECRET_UNREACHABLE", 424, 503],
  ["command", "hangs", (path) => script(path, "sleep 1000"), "PLUGIN_TIMEOUT", 424, 503],
  ["command", "floods", (path) => script(path, "yes"), "SECRET_FORMAT", 424, 424],
  ["command", "prints nothing", (path) => script(path, ":"), "SECRET_FORMAT", 424, 424],
  ["command", "over", (path) => script(path, `echo ${over()}`), "SECRET_EXPIRED", 424, 503],
];

async function prepare(of: keyof typeof sources, timeout = "15s") {
  const watch = createWatch();
  const secret = watch.secret();
  const stub = await startStub();
  closeAfterwards(() => stub.close());
  const front = await startFront({ upstream: stub.uri, accepted: [`Bearer ${secret}`] });
  closeAfterwards(() => front.stop());
  const project = createProject({ config: "version: 1\n", watch });
  closeAfterwards(project.remove);
  const path = join(project.folder, "token");
  const { options, hold } = sources[of];
  const source: Source = { path, hold: (token) => hold(path, token) };
  source.hold(secret);
  const config = { version: 1, trackingUri: front.uri, plugins: { token: { ...options, timeout } } };
  const { PATH = "" } = process.env;
  return { source, front, watch, ...(await openCallers({ config, cwd: project.folder, env: { PATH } })) };
}

for (const [of, fault, fail, code, first, later] of faults) {
  const timeout = fault === "hangs" ? "1s" : "15s";

  test(`${of}: ${fault}`, async () => {
    const bad = await prepare(of, timeout);
    fail(bad.source.path);
    assert.equal(await bad.ask(), outcomes(code, first), "at first");
    assert.equal(await bad.front.requests(), []);

    const good = await prepare(of, timeout);
    assert.equal(await good.ask(), [[200], [200]]);
    fail(good.source.path);
    good.later(BEYOND_TTL);
    assert.equal(await good.ask(), outcomes(code, later), "later");
    assert.ok(
      (await good.front.requests()).every(({ credential }) => credential),
      "nothing went out bare",
    );
  });
}

for (const kind of ["file", "command"] as const) {
  test(`${kind}: rotated`, async () => {
    const { source, ask, front, watch } = await prepare(kind);
    assert.equal(await ask(), [[200], [200]]);
    const next = watch.secret();
    source.hold(next);
    await front.setAccepted([`Bearer ${next}`]);
    assert.equal(await ask(), [[200], [200]]);
    assert.ok(
      (await front.requests()).every(({ credential }) => credential),
      "nothing went out bare",
    );
  });
}

test.run();
