import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { loadConfig, openAuthorizer } from "../../src/internal.js";
import { project } from "./project.js";

const test = suite("a header that the file names for MLflow's AI gateway");

/** What is logged as a file with this server is opened. */
async function warnings(server: object): Promise<string[]> {
  const { folder, remove } = project({});
  const lines: string[] = [];
  const log = (_fields: object, message: string) => void lines.push(message);
  const config = {
    version: 1,
    servers: [{ uri: "https://mlflow.test", ...server }],
    plugins: { fixed: { token: "${TOKEN}" } },
  };
  const env = { TOKEN: "abc" };
  const loaded = await loadConfig({ config: config as never, cwd: folder, env });
  const authorizer = await openAuthorizer(loaded, { env, logger: { debug() {}, info() {}, warn: log, error: log } });
  await authorizer.close();
  remove();
  return lines;
}

for (const header of ["Authorization", "authorization", "X-Api-Key", "X-Front"]) {
  test(`${header}: one warning tells that LLM providers get the credential, and what to do`, async () => {
    const lines = await warnings({ gateway: { header } });
    assert.is(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] as string, `the credential of https://mlflow.test goes to its AI gateway in ${header}, `);
    assert.match(lines[0] as string, /LLM providers: .*\. Try this: leave `gateway` of this server out/);
  });
}

test("nothing is said where MLflow keeps the header, where none is named, and where there is no credential", async () => {
  for (const server of [
    { gateway: { header: "X-MLflow-Authorization" } },
    { gateway: { header: "x_mlflow_authorization" } },
    {},
    { auth: [], gateway: { header: "Authorization" } },
  ]) {
    assert.equal(await warnings(server), [], JSON.stringify(server));
  }
});

test.run();
