import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { exitCodeOf } from "../src/exit-codes.js";

const test = suite("exit codes");

const cases: Record<string, [code: number, ...of: string[]]> = {
  "a problem": [1, "DESTINATION_UNLISTED", "PROXY_LISTEN", "FETCH_REPLACED"],
  "used wrongly": [2, "USAGE", "SERVER_AMBIGUOUS", "NODE_VERSION"],
  "the configuration": [3, "CONFIG_INVALID", "PLUGIN_NOT_INSTALLED", "PLUGIN_LOAD", "TLS_FILE", "HEADER_COLLISION"],
  "a backend": [4, "SECRET_UNREACHABLE", "LOGIN_FAILED", "PLUGIN_TIMEOUT", "SERVER_TLS", "HTTP_PROXY"],
  "a plugin's own": [4, "ACME_DOWN", "constructor", ""],
};

for (const [name, [code, ...of]] of Object.entries(cases)) {
  test(`${name}: ${code}`, () => {
    for (const one of of) assert.is(exitCodeOf(one), code, one);
  });
}

test.run();
