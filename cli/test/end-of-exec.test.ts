import { openAuthorizer } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { endOfExec, leftRunning } from "../src/end-of-exec.js";

const test = suite("the end of exec");

const uri = "https://mlflow.example.com/base";
const server = { uri, auth: [], headers: [], tags: [], allowInsecure: false };
const listed = await openAuthorizer({ servers: [server], instances: [], warnings: [] }, { env: {} });
const none = { count: 0, links: [] };

const end = (uses: number, unlisted: string[] = [], createdRuns: { count: number; links: string[] } = none) =>
  endOfExec({ uses, unlisted, createdRuns }, uri, listed);

test("says nothing where the program used the proxy and created no run", () => {
  assert.equal(end(3), []);
});

test("lists the links of the runs", () => {
  assert.equal(end(3, [], { count: 1, links: ["https://x/a"] }), ["1 run was created:\n  https://x/a"]);
  assert.equal(end(3, [], { count: 4, links: ["https://x/a", "https://x/b"] }), [
    "4 runs were created:\n  https://x/a\n  https://x/b\n  and 2 more",
  ]);
});

test("says so where the program never used the proxy, and why that may be", () => {
  const [text = "", ...others] = end(0);
  assert.equal(others, []);
  assert.match(text, `the program never used the proxy, so exec gave no request of it to ${uri} a credential`);
  assert.match(text, "let it take MLFLOW_TRACKING_URI from its environment");
});

test("says nothing of that where somebody stopped the program", () => {
  const proxy = { uses: 0, createdRuns: { count: 0, links: [] }, unlisted: [] };
  assert.equal(endOfExec(proxy, uri, listed, { interrupted: true }), []);
  const elsewhere = { ...proxy, unlisted: ["https://other.example.com/"] };
  assert.is(endOfExec(elsewhere, uri, listed, { interrupted: true }).length, 1);
});

test("names what the program used instead, and what would be right", () => {
  const [text = "", ...others] = end(0, ["https://other.example.com/", "https://mlflow.example.com/other"]);
  assert.equal(others, []);
  assert.match(text, "https://other.example.com/ belongs to no server of the file");
  assert.match(text, "list it under `servers`");
  assert.match(
    text,
    "https://mlflow.example.com/other is on the host of https://mlflow.example.com/base, but its path",
  );
});

test("where the proxy was used, only what came close to a listed server is named", () => {
  const [text = "", ...others] = end(2, ["https://other.example.com/", "http://mlflow.example.com/base"]);
  assert.equal(others, []);
  assert.match(text, "its scheme is http, not https");
  assert.not(text.includes("other.example.com"));
});

test("names the programs that are left, five of them, and what would have helped", () => {
  const programs = Array.from({ length: 7 }, (_, index) => ({ pid: index + 1, name: "python" }));
  assert.match(
    leftRunning(programs.slice(0, 1), uri),
    `no way to ${uri} from here on: 1 (python)\n  Try this: let the program`,
  );
  assert.match(leftRunning(programs, uri), "5 (python), and 2 more\n");
});

test.run();
