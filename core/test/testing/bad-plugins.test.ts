/** The classic mistakes, each as a package that somebody could have published, with the message that catches it. */
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { loadConfig } from "../../src/load-config.js";
import { openAuthorizer } from "../../src/open-authorizer.js";
import {
  type AuthSetup,
  canary,
  fakeClock,
  packageContract,
  providerContract,
  secretSource,
  testContext,
} from "../../src/testing.js";
import { temporaryFolder, write } from "../discovery/plugin-packages.js";
import { assertSaid, failuresOf } from "./contract-findings.js";
import { backendOf } from "./contract-fixture.js";

const test = suite("bad plugins", { timeout: 60 });

const here = join(import.meta.dirname, "bad-plugins");
const core = fileURLToPath(new URL("../..", import.meta.url));

/** A project in which the package is installed, beside core and the SDK of the store. */
function installed(name: string): { project: string; folder: string } {
  const project = temporaryFolder();
  const folder = join(project, "node_modules", `mlflow-auth-plugin-${name}`);
  cpSync(join(here, name), folder, { recursive: true });
  mkdirSync(join(project, "node_modules/@mlflow-auth"));
  symlinkSync(core, join(project, "node_modules/@mlflow-auth/core"));
  write(project, {
    ".git/HEAD": "",
    "package.json": { name: "project", dependencies: { [`mlflow-auth-plugin-${name}`]: "1.0.0" } },
    "node_modules/store-sdk/package.json": { name: "store-sdk", version: "1.0.0", main: "index.js", type: "module" },
    "node_modules/store-sdk/index.js": "export const tokenOf = ({ text }) => text;",
  });
  return { project, folder };
}

/** Its provider, on a store that holds two tokens. */
async function startProvider(folder: string): Promise<AuthSetup> {
  const { createRequestAuthProvider } = await import(pathToFileURL(join(folder, "index.js")).href);
  const [apiKey, first, second] = [canary(), canary(), canary()];
  const store = { token: first, status: 200, fetches: 0 };
  const context = testContext({
    http() {
      store.fetches++;
      return { status: store.status, text: store.status === 200 ? store.token : "no" };
    },
  });
  const options = { address: "https://store.example.com", apiKey: secretSource(apiKey) };
  return {
    provider: await createRequestAuthProvider(options, context),
    context,
    canaries: [apiKey, first, second],
    backend: backendOf(store, () => {
      store.token = second;
    }),
  };
}

/** What the suite says of a package, and what a user of it is told where core notices. */
const mistakes: Readonly<Record<string, { readonly suite: RegExp; readonly host?: RegExp }>> = {
  "swallowed-denial": {
    suite: /a denial is an error that says so.*: getAuth answered where its backend denies the secret/,
    host: /^ANONYMOUS_REFUSED: /,
  },
  "remembered-failure": { suite: /after an outage it recovers by itself: / },
  "secret-in-error": { suite: /a denial is an error that says so.*: error prints a credential \(raw\)/ },
  "endless-wait": {
    suite: /did not end within 1 s: the provider waits for a promise that nobody settles/,
    host: /^PLUGIN_TIMEOUT: plugin endless-wait did not answer within 15000 ms/,
  },
  "wrong-shape": {
    suite:
      /getAuth gives headers that core sends.*: plugin test answered getAuth\(\) with something that has no headers/,
    host: /^PLUGIN_RESULT: plugin wrong-shape answered getAuth\(\) with something that has no headers/,
  },
  "nothing-closed": {
    suite:
      /after close nothing of it waits for its time: 1 timers of context\.clock are set after the end: it has no close\(\)/,
  },
  "header-injection": {
    suite: /getAuth gives headers that core sends.*: .*Authorization.* a value that HTTP does not allow/,
    host: /^HEADER_INVALID: .*Authorization.* a value that HTTP does not allow/,
  },
  "own-clock": {
    suite:
      /it takes the environment, HTTP and the time from its context: the credential has ended by the context's clock/,
  },
  "import-side-effect": {
    suite: new RegExp(
      [
        "changes the variable STORE_CLIENT",
        "replaces fetch",
        "listens to unhandledRejection of the process",
        "keeps the process with Timeout",
        'prints "the store\'s plugin is loaded"',
      ]
        .map((effect) => `as it is imported, it ${effect}: leave that to the first call that needs it`)
        .join("\n"),
    ),
  },
  "eager-sdk": {
    suite:
      /importing it loads no other package: as it is imported, it loads store-sdk: import it in the function that needs it/,
  },
};

test("every package is tried, and is like the sound one but for its code", () => {
  assert.equal(readdirSync(here).sort(), [...Object.keys(mistakes), "sound"].sort());
  const json = (name: string, file: string) => JSON.parse(readFileSync(join(here, name, file), "utf8"));
  const { description: _, dependencies: __, ...sound } = json("sound", "package.json");
  for (const name of Object.keys(mistakes)) {
    assert.equal(json(name, "config.schema.json"), json("sound", "config.schema.json"), name);
    const { description, dependencies, ...rest } = json(name, "package.json");
    assert.ok(description);
    assert.equal(JSON.stringify(rest), JSON.stringify(sound).replaceAll("sound", name));
  }
});

test("the sound one passes", async () => {
  const { folder } = installed("sound");
  const cases = [...packageContract(pathToFileURL(folder)), ...providerContract({ auth: () => startProvider(folder) })];
  assert.equal(await failuresOf(cases), []);
});

for (const [name, { suite: said }] of Object.entries(mistakes)) {
  test(`the suite catches ${name}`, async () => {
    const { folder } = installed(name);
    const found = await failuresOf(packageContract(folder));
    // What it does as it is imported would be done to these tests.
    const isOfImport = /import-side-effect|eager-sdk/.test(name);
    assert.is(found.length, isOfImport ? 1 : 0, found.join("\n"));
    if (!isOfImport) {
      const cases = providerContract({ auth: () => startProvider(folder) }, { timeout: 1_000 });
      found.push(...(await failuresOf(cases)));
    }
    assertSaid(found, said);
  });
}

/** A package whose only entry point leads to `create` of its module. */
const withEntry = (group: string, module: string) => ({
  "package.json": {
    name: "x",
    type: "module",
    "entry-points": { [group]: { x: "./index.js:create" } },
    "mlflow-auth-plugin": { apiVersion: 1 },
    peerDependencies: { "@mlflow-auth/core": "*" },
  },
  "index.js": module,
});
const withCommand = (module: string) => withEntry("mlflow_auth.command", module);

const undeclared: Readonly<Record<string, readonly [files: Record<string, string | object>, said: RegExp]>> = {
  "no package.json": [{}, /is that of a plugin: package\.json: there is no package\.json that can be read/],
  "a group that nobody knows": [
    withEntry("mlflow.auth", ""),
    /package\.json:5:5 #\/entry-points\/mlflow\.auth: `mlflow\.auth` is a group of entry points that nobody reads: use one of/,
  ],
  "another function than its module has": [
    withCommand("export const another = 1;"),
    /entry points name functions that are there: .*index\.js has no function create/,
  ],
  "a module that can't be imported": [
    withCommand('import "./none.js";'),
    /entry points name functions that are there: .*index\.js can't be imported: Cannot find module/,
  ],
  "a module that ends the process": [
    withCommand("process.exit(1);"),
    /importing it does nothing by itself: as it is imported, it ends the process/,
  ],
};
for (const [what, [files, said]] of Object.entries(undeclared)) {
  test(`the suite catches a package with ${what}`, async () => {
    const folder = temporaryFolder();
    write(folder, files);
    assertSaid(await failuresOf(packageContract(folder)), said);
  });
}

test("a package may import a module of its own by the package's name", async () => {
  const folder = temporaryFolder();
  const files = withCommand('export { create } from "x/inner";');
  write(folder, {
    ...files,
    "package.json": { ...files["package.json"], exports: { "./inner": "./inner.js" } },
    "inner.js": "export const create = () => undefined;",
  });
  assert.equal(await failuresOf(packageContract(folder)), []);
});

test("a package may say which others are small enough to be loaded with it", async () => {
  assert.equal(await failuresOf(packageContract(installed("eager-sdk").folder, { loads: ["store-sdk"] })), []);
});

for (const [name, { host }] of Object.entries(mistakes)) {
  if (host === undefined) continue;
  test(`a user of ${name} is told, and nothing is sent`, async () => {
    const { project } = installed(name);
    const clock = fakeClock();
    const denies = name === "swallowed-denial" || name === "endless-wait";
    const store = createServer((_request, response) => response.writeHead(denies ? 403 : 200).end("a-token"));
    await new Promise<void>((resolve) => store.listen(0, "127.0.0.1", resolve));
    closeAfterwards(() => void store.close());
    const { port } = store.address() as { port: number };
    const plugins = { [name]: { address: `http://127.0.0.1:${port}`, apiKey: { env: "KEY" } } };
    const env = { KEY: canary() };
    const config = await loadConfig({
      config: { version: 1, trackingUri: "https://mlflow.test", plugins },
      cwd: project,
      env,
    });
    const authorizer = await openAuthorizer(config, { env, clock });
    closeAfterwards(() => authorizer.close());
    const asked = Promise.resolve()
      .then(() => authorizer.authorize({ url: "https://mlflow.test/api", method: "GET" }))
      .then(
        () => "it was sent",
        ({ code, message }) => `${code}: ${message}`,
      );
    let said: string | undefined;
    void asked.then((text) => {
      said = text;
    });
    while (said === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await clock.advance(1_000);
    }
    assert.match(said, host);
  });
}

test.run();
