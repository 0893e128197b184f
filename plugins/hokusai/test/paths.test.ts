import { suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { isDirect } from "../src/access.js";
import { createRewrite } from "../src/paths.js";
import { startProvider } from "./start-provider.ts";

const test = suite("where Hokusai has MLflow's API");

const DIRECT = "https://registry.hokus.ai/mlflow";
const PROXY = "https://registry.hokus.ai/api/mlflow";
const OWN = "https://mlflow.example.com/base";

type PathOptions = Parameters<typeof createRewrite>[0];

const asAsked = { to: (url: URL) => url, back: (url: URL) => url };
const rewriteOf = (options: PathOptions) => createRewrite(options) ?? asAsked;
const led = (href: string, options: PathOptions = {}) => rewriteOf(options).to(new URL(href)).href;

test("by default only the direct endpoint that Hokusai documents has other paths", () => {
  const calls = [
    "2.0/mlflow/runs/create",
    "2.0/mlflow-artifacts/artifacts/1/a%20b+c/api/2.0/x",
    "3.0/mlflow/traces/search?filter=a%3D%27b%27",
  ];
  for (const call of calls) {
    assert.is(led(`${DIRECT}/api/${call}`), `${DIRECT}/ajax-api/${call}`);
    assert.is(new URL(led(`${DIRECT}/ajax-api/${call}`)).pathname, new URL(`${DIRECT}/ajax-api/${call}`).pathname);
    for (const other of [PROXY, OWN, "http://registry.hokus.ai/mlflow", "https://registry.hokus.ai:8443/mlflow"]) {
      assert.is(led(`${other}/api/${call}`), `${other}/api/${call}`);
      assert.is(led(`${other}/ajax-api/${call}`), `${other}/ajax-api/${call}`);
    }
  }
  for (const page of ["", "/health", "/get-artifact?path=api/2.0/x", "/static-files/api/main.js"]) {
    assert.is(led(`${DIRECT}${page}`), `${DIRECT}${page}`);
  }
});

test("the file can say which paths there are, in both directions", () => {
  assert.is(led(`${OWN}/api/2.0/x`, { paths: "ajax-api" }), `${OWN}/ajax-api/2.0/x`);
  assert.is(led(`${OWN}/ajax-api/2.0/x`, { paths: "api" }), `${OWN}/api/2.0/x`);
  assert.is(led(`${DIRECT}/api/2.0/x`, { paths: "as-asked" }), `${DIRECT}/api/2.0/x`);
  assert.is(led(`${DIRECT}/api/2.0/x`, { access: "proxy" }), `${DIRECT}/api/2.0/x`);
  assert.is(led(`${OWN}/api/2.0/x`, { access: "direct" }), `${OWN}/ajax-api/2.0/x`);
});

test("no request takes a detour where the file says that nothing is at another path", async () => {
  for (const options of [
    { paths: "as-asked" },
    { paths: "as-asked", access: "direct" },
    { access: "proxy" },
  ] as const) {
    assert.is((await startProvider(options)).provider.rewrite, undefined, JSON.stringify(options));
  }
  for (const options of [{}, { access: "direct" }, { access: "proxy", paths: "ajax-api" }, { paths: "api" }] as const) {
    assert.ok((await startProvider(options)).provider.rewrite, JSON.stringify(options));
  }
});

test("a base that looks like the API stays as it is", () => {
  assert.is(led(`${PROXY}/api/2.0/x`, { paths: "ajax-api" }), `${PROXY}/ajax-api/2.0/x`);
  assert.is(isDirect(new URL("https://registry.hokus.ai/mlflowing/x"), {}), false);
});

test("what a client wrote into its query arrives, whichever form it asked for", () => {
  for (const query of ["a=b+c%20d", "a=1&a=2", "a=&b", "a=%26&"]) {
    const { searchParams } = new URL(led(`${OWN}/ajax-api/2.0/x?${query}`, { paths: "ajax-api" }));
    assert.equal([...searchParams], [...new URLSearchParams(query)]);
  }
});

const segment = fc.stringMatching(/^[a-z0-9%.+~-]{0,8}$/).map((text) => text.replaceAll("%", "%41"));
const path = fc.array(
  fc.oneof(segment, fc.constantFrom("api", "ajax-api", "2.0", "3.0", "mlflow", "mlflow-artifacts")),
  {
    maxLength: 7,
  },
);
const query = fc.option(fc.stringMatching(/^[a-z=&+%]{1,9}$/).map((text) => text.replaceAll("%", "%26")));
const base = fc.constantFrom(DIRECT, PROXY, OWN, "https://mlflow.example.com");
const options = fc.record(
  { access: fc.constantFrom("direct", "proxy"), paths: fc.constantFrom("as-asked", "api", "ajax-api") } as const,
  { requiredKeys: [] },
);

test("the way back leads to every address that a client can ask for, and no two of them become one", () => {
  fc.assert(
    fc.property(base, path, query, options, (base, path, query, options) => {
      const asked = new URL(`${base}/${path.join("/")}${query === null ? "" : `?${query}`}`).href;
      const rewrite = rewriteOf(options);
      assert.is(rewrite.back(rewrite.to(new URL(asked))).href, asked);
      assert.ok(
        new URL(rewrite.to(new URL(asked))).pathname.split("/").length === new URL(asked).pathname.split("/").length,
      );
    }),
    { numRuns: 5_000 },
  );
});

test.run();
