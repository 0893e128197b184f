/** Checks everything in the file but the plugins' own options. */
import { configSchema, validateConfig, valuesSchema } from "@mlflow-auth/schema";
import { complete } from "./environment.js";
import { explain } from "./explain.js";
import { isPluginOption } from "./instances.js";
import type { LoadContext } from "./load-context.js";
import { convert } from "./options.js";
import type { Data, DataObject } from "./read.js";
import { isKnown, isObject, SchemaWalker } from "./schema-walk.js";
import { refuseSecretVariables } from "./secret-variables.js";
import { type ListedServer, listServers } from "./servers.js";

export interface CheckedCore {
  /** `plugins` with core's own options completed and converted, frozen; the plugins' options as they were. */
  readonly plugins: Readonly<Record<string, unknown>>;
  readonly servers: readonly ListedServer[];
}

/** @throws MlflowAuthError `CONFIG_INVALID` only where there is nothing to go on with */
export function checkCore(data: Data, loading: LoadContext): CheckedCore {
  const { env, fillings, problems } = loading;
  const walker = new SchemaWalker(configSchema, valuesSchema);
  const { data: file = null, fromEnvironment } = complete(data, "", { walker, env, fillings });
  const places = walker.places(file);
  refuseSecretVariables(fillings, problems, (pointer) => !isPluginOption(pointer) && isKnown(places, pointer));
  explain(validateConfig(file), { walker, data: file, pointer: "", fromEnvironment, fillings }, problems);
  refuseSecretVariables(fillings, problems, (pointer) => !isPluginOption(pointer));
  if (!isObject(file)) {
    problems.throwIfAny();
    return { plugins: {}, servers: [] };
  }
  const converted = convert(file, "", { ...loading, places, fromEnvironment });
  const given = new Set(Object.keys(data as DataObject));
  const { plugins } = converted as { plugins?: unknown };
  return {
    plugins: isObject(plugins) ? plugins : {},
    servers: listServers(converted as Record<string, unknown>, given, problems),
  };
}
