/** The schema of the configuration file, as core and the command use it. What is generated of it: scripts/generate.ts. */
export { annotations } from "./annotations.js";
export type { ConfigFile } from "./generated/config-file.js";
export { configSchema, valuesSchema } from "./generated/schemas.js";
export { validateConfig } from "./validate-config.js";
