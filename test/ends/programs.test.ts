import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createSite, type Site } from "../../cli/test/project.ts";
import { createSetup } from "../../cli/test/setup.ts";
import { startFakeVault } from "../servers/vault-fake.ts";
import { type End, library, registerModule, start } from "./ways.ts";

const test = suite("the end of a program that uses the library or register", { timeout: 60 });

let site: Site;
test.before(async () => {
  site = await createSite();
  site.upstream.answer = (req, res) => {
    if (req.url?.endsWith("/never")) return;
    if (req.url?.endsWith("/slow")) setTimeout(() => res.end("slow"), 300);
    else res.end("fine");
  };
});
test.after(() => site.stop());

/** In the programs, `uri` is the server's and `load` the library's. */
const head = () => `
  const { loadMlflowAuth: load } = await import(${JSON.stringify(library)});
  const uri = ${JSON.stringify(site.upstream.uri)};
`;

function node(program: string, before: readonly string[] = []): Promise<End> {
  const file = site.project.write("program.mjs", program);
  return start({ cwd: site.project.folder, args: [...before, file] }).end;
}

const withLibrary = (program: string) => node(head() + program);
const withRegister = (program: string) =>
  node(`const uri = ${JSON.stringify(site.upstream.uri)};\n${program}`, ["--import", registerModule]);

function ended(end: End, code: number, stdout: string): void {
  assert.equal([end.code, end.signal, end.stdout, end.leftBehind], [code, null, stdout, false], end.stderr);
}

const closings: Readonly<Record<string, [program: string, said: string]>> = {
  "before the first request": ["const auth = await load(); await auth.close();", ""],
  "twice, one after the other and at once": [
    "const auth = await load(); await (await auth.fetch(uri)).text(); await Promise.all([auth.close(), auth.close()]); await auth.close();",
    "",
  ],
  "while a request is under way, which ends as it would": [
    'const auth = await load(); const asked = auth.fetch(uri + "/slow"); await new Promise((r) => setTimeout(r, 50)); await auth.close(); console.log(await (await asked).text());',
    "slow\n",
  ],
  "while a request is under way, which is given up": [
    `const auth = await load(); const giveUp = new AbortController();
    const asked = auth.fetch(uri + "/never", { signal: giveUp.signal }).catch((thrown) => console.log(thrown.name));
    await new Promise((r) => setTimeout(r, 50)); await auth.close(); giveUp.abort(); await asked;`,
    "AbortError\n",
  ],
  "of one while another of the same file goes on": [
    "const [one, other] = await Promise.all([load(), load()]); await (await one.fetch(uri)).text(); await one.close(); console.log(await (await other.fetch(uri)).text());",
    "fine\n",
  ],
};

for (const [when, [program, said]] of Object.entries(closings)) {
  test(`close() ${when}: the program ends by itself`, async () => ended(await withLibrary(program), 0, said));
}

test("a program that never closes the library ends by itself, also one whose load failed", async () => {
  ended(await withLibrary("console.log(await (await (await load()).fetch(uri)).text());"), 0, "fine\n");
  ended(
    await withLibrary('await load({ configFile: "none.yaml" }).catch((thrown) => console.log(thrown.code));'),
    0,
    "CONFIG_NOT_FOUND\n",
  );
});

const programs: Readonly<Record<string, [program: string, code: number, stderr: RegExp]>> = {
  "its own exit code": ["await (await fetch(uri)).text(); process.exitCode = 9;", 9, /^$/],
  "process.exit with a request under way": ['fetch(uri + "/never"); setTimeout(() => process.exit(4), 100);', 4, /^$/],
  "an exception": [
    'await (await fetch(uri)).text(); throw new RangeError("of the program");',
    1,
    /RangeError: of the program/,
  ],
  "an exception in a timer": [
    'setTimeout(() => { throw new RangeError("of the program") }, 50);',
    1,
    /RangeError: of the program/,
  ],
  "a rejection that nobody takes": [
    'Promise.reject(new RangeError("of the program"));',
    1,
    /RangeError: of the program/,
  ],
  "an await that never ends": ["await new Promise(() => {});", 13, /unsettled top-level await/],
};

for (const [what, [program, code, told]] of Object.entries(programs)) {
  test(`${what}: with register, with the library and without both it is the same`, async () => {
    const bare = await node(`const uri = ${JSON.stringify(site.upstream.uri)};\n${program}`);
    assert.is(bare.code, code);
    for (const end of [await withRegister(program), await withLibrary(`const { fetch } = await load(); ${program}`)]) {
      ended(end, code, "");
      assert.match(end.stderr, told);
    }
  });
}

test("register: a signal ends the program as it would without, and its own handlers are its own", async () => {
  for (const [handler, expected] of [
    ["", "SIGTERM"],
    ["process.on('SIGTERM', () => process.exit(3));", 3],
  ] as const) {
    const file = site.project.write("waits.mjs", `${handler} setInterval(() => {}, 1_000); console.log("waits");`);
    const running = start({ cwd: site.project.folder, args: ["--import", registerModule, file] });
    await running.says("waits");
    running.child.kill("SIGTERM");
    const { code, signal, stderr } = await running.end;
    assert.is(code ?? signal, expected, stderr);
  }
});

const inWorker = (body: string, after: string) => `
  import { Worker } from "node:worker_threads";
  const worker = new Worker(${JSON.stringify(`(async () => { ${body} })()`)}, { eval: true });
  worker.on("message", (said) => console.log(said));
  worker.on("error", (thrown) => console.log("failed", thrown.message));
  worker.on("exit", (code) => console.log("worker ended with", code));
  ${after}
`;
const say = 'require("node:worker_threads").parentPort.postMessage';

test("worker threads: each may load the library, end by itself, or be ended in the middle of a request", async () => {
  const body = (path: string) =>
    `${head()} const auth = await load(); ${say}(await (await auth.fetch(uri + "${path}")).text());`;
  ended(await node(inWorker(body("/"), "")), 0, "fine\nworker ended with 0\n");
  const asked = `${body("/never").replace("const auth", `${say}("asks"); const auth`)}`;
  ended(
    await node(inWorker(asked, 'worker.on("message", () => setTimeout(() => worker.terminate(), 100));')),
    0,
    "asks\nworker ended with 1\n",
  );
});

test("worker threads below register: their requests carry the credential, and they end by themselves", async () => {
  site.upstream.seen.length = 0;
  const file = site.project.write(
    "worker.mjs",
    `console.log(await (await fetch(${JSON.stringify(site.upstream.uri)})).text());`,
  );
  const program = `
    import { Worker } from "node:worker_threads";
    new Worker(${JSON.stringify(file)}).on("exit", (code) => console.log("worker ended with", code));
  `;
  ended(await node(program, ["--import", registerModule]), 0, "fine\nworker ended with 0\n");
  assert.is(site.upstream.seen[0]?.headers.authorization, "Bearer sesame");
});

for (const connection of ["the connection that there is", "a new connection"]) {
  test(`a secret store that hangs on ${connection} does not hold up a program that has its secret and is done`, async () => {
    const vault = await startFakeVault();
    const project = createSetup("vault");
    try {
      await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
      await vault.request("POST", "secret/data/mlflow/auth", { data: { token: "abc" } });
      const options = { secret: { path: "mlflow/auth" }, cache: { ttl: "1s", maxStale: "1h" } };
      const file = {
        version: 1,
        trackingUri: site.upstream.uri,
        plugins: {
          vault: { address: vault.address, auth: { method: "token", token: { env: "MY_TOKEN" } }, ...options },
        },
      };
      project.write("mlflow-auth.json", JSON.stringify(file));
      const program = `
      const uri = ${JSON.stringify(site.upstream.uri)};
      await (await fetch(uri)).text();
      console.log("first");
      let isEnough = false;
      process.stdin.once("data", () => { isEnough = true; });
      while (!isEnough) { await (await fetch(uri)).text(); await new Promise((r) => setTimeout(r, 50)); }
      process.stdin.destroy();
      console.log("done");
    `;
      const path = project.write("program.mjs", program);
      const env = { MY_TOKEN: vault.rootToken };
      const running = start({ cwd: project.folder, env, args: ["--import", registerModule, path] });
      await running.says("first");
      vault.faults.hang = true;
      if (connection === "a new connection") vault.closeIdleConnections();
      // It is done while its question for the next secret is under way.
      const asked = vault.requests.length;
      while (vault.requests.length === asked) await new Promise((resolve) => setTimeout(resolve, 10));
      running.child.stdin?.write("enough");
      await running.says("done");
      const since = performance.now();
      const { code, stderr } = await running.end;
      assert.is(code, 0, stderr);
      assert.ok(performance.now() - since < 3_000, `it took ${performance.now() - since} ms to end`);
    } finally {
      await vault.stop();
      project.remove();
    }
  });
}

test.run();
