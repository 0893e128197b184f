/** Holds the stub to MLflow's own server: the same calls, the same answers. */
import { type Stub, startStub } from "@mlflow-auth/mlflow-stub";
import { suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import { type RealMlflow, startOwnMlflow } from "../servers/mlflow.ts";
import { missing } from "../servers/tools.ts";
import { artifacts } from "./mlflow/artifacts.ts";
import { experiments } from "./mlflow/experiments.ts";
import { logging } from "./mlflow/logging.ts";
import { manners } from "./mlflow/manners.ts";
import type { Memory, MlflowCase } from "./mlflow/mlflow-case.ts";
import { runs } from "./mlflow/runs.ts";
import { searching } from "./mlflow/search.ts";
import { withoutChance } from "./mlflow/without-chance.ts";

const absent = await missing("mlflow");

let mlflow: RealMlflow | undefined;
let stub: Stub | undefined;

// In this order: experiments are numbered, so both servers must get the same ones, and both start with this file.
for (const [resource, cases] of Object.entries({ experiments, runs, logging, searching, artifacts, manners })) {
  const test = suite(`the stub answers like MLflow: ${resource}`, { missing: absent });
  const real: Subject = { uri: "", memory: {} };
  const fake: Subject = { uri: "", memory: {} };

  test.before(async () => {
    mlflow ??= await startOwnMlflow();
    stub ??= await startStub();
    real.uri = mlflow.uri;
    fake.uri = stub.uri;
  });
  if (resource === "manners") {
    test.after(async () => {
      await mlflow?.stop();
      await stub?.close();
    });
  }
  for (const mlflowCase of cases) {
    test(mlflowCase.title, async () => {
      const wanted = await ask(mlflowCase, real);
      assert.equal(await ask(mlflowCase, fake), wanted);
    });
  }
  test.run();
}

interface Subject {
  uri: string;
  memory: Memory;
}

async function ask({ call, remember, anyMessage }: MlflowCase, { uri, memory }: Subject) {
  const { method, path, body, headers } = call(memory);
  const isJson = typeof body === "object" && !(body instanceof Uint8Array);
  const response = await request(uri + path, {
    method,
    headers: { ...(isJson ? { "content-type": "application/json" } : {}), ...headers },
    body: isJson ? JSON.stringify(body) : ((body as string | Uint8Array | undefined) ?? null),
  });
  const type = response.headers["content-type"];
  const text = await response.body.text();
  const answer = type === "application/json" ? JSON.parse(text) : text;
  if (remember !== undefined) Object.assign(memory, remember(answer));
  if (anyMessage) answer.message = typeof answer.message;
  // Of pages for people the status and the type count.
  const shown = type?.includes("html") && response.statusCode >= 400 ? undefined : withoutChance(answer);
  return { status: response.statusCode, type, disposition: response.headers["content-disposition"], body: shown };
}
