import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createLogger, type LogLevel, logLevels } from "../../src/logging/logger.js";
import { Secret } from "../../src/secret/secret.js";
import { canary, revealedBy } from "../../src/testing.js";

const test = suite("logger");

function lines(env: Record<string, string>, level?: LogLevel) {
  const written: string[] = [];
  return { written, logger: createLogger({ env, level, write: (text) => written.push(text) }) };
}

test("warnings and errors are one sentence each, by default", () => {
  const { written, logger } = lines({});
  logger.debug({ plugin: "a" }, "not shown");
  logger.info({ plugin: "a" }, "not shown");
  logger.warn({ plugin: "a", code: "SECRET_DENIED" }, "the store says no");
  logger.warn({ code: "SECRET_DENIED" }, "SECRET_DENIED: the store says no");
  logger.error({}, "it is over");
  assert.equal(written, [
    "mlflow-auth: warning: the store says no [SECRET_DENIED]\n",
    "mlflow-auth: warning: SECRET_DENIED: the store says no\n",
    "mlflow-auth: error: it is over\n",
  ]);
});

test("the level comes from MLFLOW_AUTH_LOG, or from the caller, who wins", () => {
  const shown = (env: Record<string, string>, level?: LogLevel) => {
    const { written, logger } = lines(env, level);
    for (const at of ["debug", "info", "warn", "error"] as const) logger[at]({}, at);
    return written.map((line) => line.trim().split(": ")[2]);
  };
  assert.equal(shown({ MLFLOW_AUTH_LOG: "debug" }), ["debug", "info", "warn", "error"]);
  assert.equal(shown({ MLFLOW_AUTH_LOG: " ERROR " }), ["error"]);
  assert.equal(shown({ MLFLOW_AUTH_LOG: "silent" }), []);
  assert.equal(shown({ MLFLOW_AUTH_LOG: "debug" }, "error"), ["error"]);
  assert.is(
    shown({ MLFLOW_AUTH_LOG: "loud" })[0],
    "MLFLOW_AUTH_LOG must be one of debug, info, warn, error, silent; it is taken as warn",
  );
});

test("a format that does not exist is told, and taken as text", () => {
  const { written, logger } = lines({ MLFLOW_AUTH_LOG_FORMAT: "xml" });
  logger.warn({}, "sent");
  assert.equal(written, [
    "mlflow-auth: warning: MLFLOW_AUTH_LOG_FORMAT must be one of text, json; it is taken as text\n",
    "mlflow-auth: warning: sent\n",
  ]);
  for (const format of ["", " ", "text", " JSON "]) {
    const quiet = lines({ MLFLOW_AUTH_LOG_FORMAT: format });
    assert.equal(quiet.written, [], format);
    quiet.logger.warn({}, "sent");
    assert.is(quiet.written[0]?.startsWith("{"), format === " JSON ");
  }
});

test("at debug the fields are shown, in text and as pino's lines", () => {
  const fields = { server: "https://mlflow.test", plugin: "vault", headers: ["Authorization", "X-A"], status: 401 };
  const text = lines({ MLFLOW_AUTH_LOG: "debug" });
  text.logger.debug(fields, "sent");
  assert.equal(text.written, [
    "mlflow-auth: debug: sent server=https://mlflow.test plugin=vault headers=Authorization,X-A status=401\n",
  ]);
  const json = lines({ MLFLOW_AUTH_LOG: "debug", MLFLOW_AUTH_LOG_FORMAT: "json" });
  json.logger.debug(fields, "sent");
  const { time, ...rest } = JSON.parse(json.written[0] as string) as Record<string, unknown>;
  assert.equal(rest, { level: "debug", name: "mlflow-auth", msg: "sent", ...fields });
  assert.match(String(time), /^\d{4}-\d\d-\d\dT/);
});

test("what is not on the list of fields never reaches a line, whatever its form", () => {
  const secret = canary();
  for (const format of ["text", "json"]) {
    for (const level of logLevels) {
      const { written, logger } = lines({ MLFLOW_AUTH_LOG: level, MLFLOW_AUTH_LOG_FORMAT: format });
      const fields = {
        token: secret,
        headers: { Authorization: secret },
        plugin: { secret },
        err: new Error(secret),
        reason: new Secret(secret),
      };
      for (const at of ["debug", "info", "warn", "error"] as const) logger[at](fields as never, "message");
      assert.is(revealedBy(written.join(""), secret), undefined, `${format} ${level}`);
    }
  }
});

test("a list with anything but texts in it is dropped", () => {
  const written: string[] = [];
  const logger = createLogger({
    level: "debug",
    env: { MLFLOW_AUTH_LOG_FORMAT: "json" },
    write: (text) => written.push(text),
  });
  logger.warn({ headers: ["A", { value: "hush" }] as never }, "mixed");
  logger.warn({ headers: ["A", "B"] }, "texts");
  assert.not.match(written.join(""), "hush");
  assert.match(written.join(""), '"headers":["A","B"]');
});

test.run();
