/** Every provider × form of the secret × mode × header: what goes out, to the byte. */
import { isMlflowAuthError, loadMlflowAuth } from "@mlflow-auth/core";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { missing } from "../servers/tools.ts";
import type { Held, StartStore, Store } from "./store.ts";
import { realStores, stores } from "./stores.ts";

const REFUSED = "SECRET_FORMAT";

/** The secret, and the value of the header in each mode: first of Authorization and Proxy-Authorization, then of any other. */
const forms: [form: string, held: Held, bearer: [string, string], basic: [string, string]][] = [
  ["a token", "t0k.en", ["Bearer t0k.en", "t0k.en"], [REFUSED, REFUSED]],
  ["a token with white space around it", " t0k.en\n", ["Bearer t0k.en", "t0k.en"], [REFUSED, REFUSED]],
  ["user:password", "u:p:w", [REFUSED, REFUSED], ["Basic dTpwOnc=", "Basic dTpwOnc="]],
  ["JSON text with a token", '{"token":"t0k.en"}', ["Bearer t0k.en", "t0k.en"], [REFUSED, REFUSED]],
  ["a field token", { token: "t0k.en" }, ["Bearer t0k.en", "t0k.en"], [REFUSED, REFUSED]],
  ["a field token with user:password", { token: "u:p" }, ["Bearer u:p", "u:p"], ["Basic dTpw", "Basic dTpw"]],
  ["a user", { username: " u ", password: "pä" }, [REFUSED, REFUSED], ["Basic dTpww6Q=", "Basic dTpww6Q="]],
  ["a user as JSON text", '{"username":"u","password":"p"}', [REFUSED, REFUSED], ["Basic dTpw", "Basic dTpw"]],
  [
    "a token and a user",
    { token: "t0k.en", username: "u", password: "p" },
    ["Bearer t0k.en", "t0k.en"],
    ["Basic dTpw", "Basic dTpw"],
  ],
  ["one field of another name", { mlflow: "t0k.en" }, ["Bearer t0k.en", "t0k.en"], [REFUSED, REFUSED]],
  [
    "one field with a user as JSON",
    { mlflow: '{"username":"u","password":"p"}' },
    [REFUSED, REFUSED],
    ["Basic dTpw", "Basic dTpw"],
  ],
  ["several fields of other names", { a: "1", b: "2" }, [REFUSED, REFUSED], [REFUSED, REFUSED]],
  ["a user without a password", { username: "u" }, [REFUSED, REFUSED], [REFUSED, REFUSED]],
  ["an empty token", { token: " " }, [REFUSED, REFUSED], [REFUSED, REFUSED]],
  ["a token with a line break in it", { token: "t\nX-Admin: 1" }, [REFUSED, REFUSED], [REFUSED, REFUSED]],
  ["a token with a word before it", "Bearer t0k.en", [REFUSED, "Bearer t0k.en"], [REFUSED, REFUSED]],
  ["a token that is not ASCII", { token: "tökén" }, [REFUSED, REFUSED], [REFUSED, REFUSED]],
];
const headers = [
  ["Authorization", 0],
  ["Proxy-Authorization", 0],
  ["X-Api-Key", 1],
] as const;

const quiet = () => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet };

const URI = "https://mlflow.example.com";
interface Subject {
  readonly name: string;
  readonly plugin: string;
  readonly start: StartStore;
  /** What it needs and this machine has not. */
  readonly without?: string | undefined;
}

const subjects: Subject[] = Object.entries(stores).map(([plugin, start]) => ({ name: plugin, plugin, start }));
for (const { tool, ...real } of realStores) subjects.push({ ...real, without: await missing(tool) });

for (const { name, plugin, start, without } of subjects) {
  const test = suite(`what secrets make of requests: ${name}`, { ...(without && { missing: without }), timeout: 60 });
  const watch = createWatch();
  const project = createProject({ config: "version: 1\n", watch });
  closeAfterwards(project.remove);
  let store: Store;
  test.before(async () => {
    store = await start(watch);
  });
  test.after(() => store.stop());

  for (const [form, held, ...byMode] of forms) {
    test(form, async () => {
      await store.hold(held);
      for (const [index, mode] of ["bearer", "basic"].entries()) {
        for (const [header, column] of headers) {
          const expected = byMode[index]?.[column];
          assert.equal(await sent(store, plugin, { mode, header }), [header, expected], `${mode} in ${header}`);
        }
      }
    });
  }

  async function sent({ options, env }: Store, plugin: string, credential: object): Promise<[string, string]> {
    const config = { version: 1, trackingUri: URI, plugins: { [plugin]: { ...options, credential } } };
    const auth = await loadMlflowAuth({ config: config as never, cwd: project.folder, env, logger: silent });
    try {
      const entries = Object.entries(await auth.headers(`${URI}/api/2.0/mlflow/runs/get`));
      assert.is(entries.length, 1);
      return entries[0] as [string, string];
    } catch (thrown) {
      if (!isMlflowAuthError(thrown)) throw thrown;
      return [(credential as { header: string }).header, thrown.code];
    } finally {
      await auth.close();
    }
  }

  test.run();
}
