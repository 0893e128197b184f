import { type OpenedAuthorizer, openAuthorizer } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { chooseUpstream } from "../src/choose-upstream.js";

const test = suite("which server exec and proxy lead to");

function listing(...uris: string[]): Promise<OpenedAuthorizer> {
  const servers = uris.map((uri) => ({ uri, auth: [], headers: [], tags: [], allowInsecure: false }));
  return openAuthorizer({ servers, instances: [], warnings: [] }, { env: {} });
}

const a = "https://a.example.com";
const b = "https://b.example.com/base";
const wild = "https://*.staging.example.com";

interface Case {
  readonly servers: string[];
  readonly wanted?: string;
  readonly ambient?: string;
  readonly chosen: string;
  readonly notice?: boolean;
}

const cases: Record<string, Case> = {
  "the only one": { servers: [a], chosen: a },
  "the only one without a wildcard": { servers: [wild, b], chosen: b },
  "the one of --server": { servers: [a, b], wanted: b, chosen: b },
  "--server before the variable": { servers: [a, b], wanted: b, ambient: a, chosen: b },
  "--server with a slash at its end": { servers: [a, b], wanted: `${b}/`, chosen: b },
  "--server below a listed path": { servers: [a, b], wanted: `${b}/team`, chosen: `${b}/team` },
  "--server that a wildcard covers": {
    servers: [a, wild],
    wanted: "https://eu.staging.example.com",
    chosen: "https://eu.staging.example.com",
  },
  "the variable's": { servers: [a, b], ambient: b, chosen: b },
  "the variable's, covered by a wildcard": {
    servers: [a, wild],
    ambient: "https://eu.staging.example.com/",
    chosen: "https://eu.staging.example.com",
  },
  "an empty variable": { servers: [a], ambient: "", chosen: a },
  "a variable that is not listed": { servers: [a], ambient: "https://elsewhere.example.com", chosen: a, notice: true },
  "a variable that is no URL": { servers: [a], ambient: "sqlite:///mlflow.db", chosen: a, notice: true },
};

for (const [name, { servers, wanted, ambient, chosen, notice = false }] of Object.entries(cases)) {
  test(`${name}: ${chosen}`, async () => {
    const upstream = chooseUpstream(await listing(...servers), wanted, { MLFLOW_TRACKING_URI: ambient });
    assert.is(upstream.uri, chosen);
    assert.ok(servers.includes(upstream.server.uri));
    assert.is(
      upstream.notice,
      notice ? `MLFLOW_TRACKING_URI names no server of the file; going to ${chosen} instead` : undefined,
    );
  });
}

const failures: Record<string, { servers: string[]; wanted?: string; ambient?: string; code: string; said: string[] }> =
  {
    "several, and nothing decides": { servers: [a, b], code: "SERVER_AMBIGUOUS", said: [a, b] },
    "several, and the variable is not listed": {
      servers: [a, b],
      ambient: "https://x.example.com",
      code: "SERVER_AMBIGUOUS",
      said: [a, b, "MLFLOW_TRACKING_URI names none of them"],
    },
    "only wildcards": { servers: [wild], code: "SERVER_AMBIGUOUS", said: [wild] },
    "--server that is not listed": {
      servers: [a],
      wanted: "https://x.example.com",
      code: "USAGE",
      said: ["--server", "x.example.com"],
    },
    "--server near a listed one": {
      servers: [a],
      wanted: "http://a.example.com",
      code: "USAGE",
      said: ["scheme is http, not https"],
    },
    "--server as a wildcard": { servers: [wild], wanted: wild, code: "USAGE", said: ["--server"] },
  };

for (const [name, { servers, wanted, ambient, code, said }] of Object.entries(failures)) {
  test(`${name}: ${code}`, async () => {
    try {
      chooseUpstream(await listing(...servers), wanted, { MLFLOW_TRACKING_URI: ambient });
    } catch (thrown) {
      const error = thrown as { code: string; message: string; remedy?: string };
      assert.is(error.code, code);
      for (const text of said) assert.ok(error.message.includes(text), error.message);
      assert.ok(error.remedy);
      return;
    }
    assert.unreachable();
  });
}

test.run();
