/** Checks everything in the file but the plugins' own options. */
import { configSchema, validateConfig, valuesSchema } from "@mlflow-auth/schema";
import { complete } from "./environment.js";
import { explain, filledBy } from "./explain.js";
import { isPluginOption } from "./instances.js";
import type { Environment, Interpolated } from "./interpolate.js";
import { convert } from "./options.js";
import type { ProblemList } from "./problems.js";
import type { Data, DataObject } from "./read.js";
import { isKnown, isObject, SchemaWalker } from "./schema-walk.js";
import { refuseSecretVariables } from "./secret-variables.js";
import { type ListedServer, listServers } from "./servers.js";

/** What the steps share by which one configuration is loaded. */
export interface LoadContext {
  readonly env: Environment;
  /** What the paths in environment variables are relative to. */
  readonly cwd: string;
  /** What the paths of the file are relative to: its folder. */
  readonly folder: string;
  /** Whose file it is, where the user named it. */
  readonly trustedOwner?: number | undefined;
  readonly interpolations: Interpolated["interpolations"];
  readonly problems: ProblemList;
  readonly warnings: ProblemList;
}

/** What the file says apart from the options of plugins. */
export interface CheckedCore {
  /** `plugins` with core's own options completed and converted, frozen; the plugins' options as they were. */
  readonly plugins: Readonly<Record<string, unknown>>;
  readonly servers: readonly ListedServer[];
}

/** @throws MlflowAuthError `CONFIG_INVALID` only where there is nothing to go on with */
export function checkCore(data: Data, context: LoadContext): CheckedCore {
  const { env, interpolations, problems } = context;
  const walker = new SchemaWalker(configSchema, valuesSchema);
  const { data: file = null, fromEnvironment } = complete(data, "", { walker, env, interpolations });
  const places = walker.places(file);
  refuseSecretVariables(interpolations, problems, (pointer) => !isPluginOption(pointer) && isKnown(places, pointer));
  explain(validateConfig(file), { walker, data: file, pointer: "", fromEnvironment, interpolations }, problems);
  refuseSecretVariables(interpolations, problems, (pointer) => !isPluginOption(pointer));
  if (!isObject(file)) {
    problems.throwIfAny();
    return { plugins: {}, servers: [] };
  }
  const converted = convert(file, "", { ...context, places, fromEnvironment });
  const given = new Set(Object.keys(data as DataObject));
  const { plugins } = converted as { plugins?: unknown };
  return {
    plugins: isObject(plugins) ? plugins : {},
    servers: listServers(converted as Record<string, unknown>, given, problems, {
      filledBy: (place) => filledBy(place, { fromEnvironment, interpolations }),
      variableOf: (place) => fromEnvironment.get(place)?.[0],
    }),
  };
}
