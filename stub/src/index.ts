/** A small MLflow tracking server in memory, for demos and tests. */
export { createHandler, type HandlerOptions, MLFLOW_VERSION, type StubHandler } from "./handler.js";
export type { StubRequest, StubResponse } from "./http/message.js";
export { type SeenRequest, type Stub, type StubOptions, startStub } from "./start.js";
