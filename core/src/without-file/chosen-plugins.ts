/** Which plugins the environment means, judged before any of them is looked for. */
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { pluginsVariable, type Switched, type SwitchedPlugin } from "./switches.js";

/** As the key of an instance in the file, which it stands for. */
const NAME = /^[A-Za-z0-9][\w.-]{0,39}$/;

/**
 * The plugins that are switched on. Several may authenticate where one system has them asked in turn, or where `MLFLOW_AUTH_PLUGINS`
 * says in which order.
 *
 * @throws MlflowAuthError `ENVIRONMENT_INVALID` if something is switched on and nothing says what, or by a name that is none; `AUTH_AMBIGUOUS` if several systems
 *   would authenticate
 */
export function chosenPlugins({ on, variables, unknown }: Switched): readonly SwitchedPlugin[] {
  if (on.some(({ plugin }) => !NAME.test(plugin))) {
    // Not repeated: it may be a credential in the wrong place.
    const message = `${pluginsVariable} holds something that is no name of a plugin`;
    throw new MlflowAuthError("ENVIRONMENT_INVALID", message, {
      remedy: `write names with commas between, as in ${pluginsVariable}=vault,datadog`,
    });
  }
  if (on.length === 0) {
    const names = unknown?.known.join(", ");
    const message =
      unknown === undefined
        ? `${variables.join(" and ")} switches on mlflow-secrets-auth, and nothing says which of its stores`
        : `${unknown.variable} names none of the stores that it can switch on`;
    const remedy =
      unknown === undefined
        ? "set MLFLOW_SECRETS_AUTH_ENABLE to the stores to ask, as its documentation names them"
        : `it takes ${names}, with commas between${unknown.meant === undefined ? "" : `; did you mean ${unknown.meant}?`}`;
    throw new MlflowAuthError("ENVIRONMENT_INVALID", message, { remedy });
  }
  const systems = authenticating(on);
  if (systems.size < 2) return on;
  const found = [...systems].map(([system, plugins]) => {
    const names = [...new Set(plugins.flatMap((one) => one.variables))];
    return `${system} (${names.join(", ")})`;
  });
  const [first = []] = systems.values();
  const example = [...first, ...on.filter(({ onlyAdds }) => onlyAdds)].map(({ plugin }) => plugin).join(",");
  throw new MlflowAuthError(
    "AUTH_AMBIGUOUS",
    `the environment switches on several systems that would authenticate: ${found.join(" and ")}`,
    {
      remedy: `say which plugins count, in the order in which they are asked, for example ${pluginsVariable}=${example}`,
    },
  );
}

/** Of those that are switched on, the ones that authenticate, by their system. */
export function authenticating(on: readonly SwitchedPlugin[]): Map<string | undefined, SwitchedPlugin[]> {
  return Map.groupBy(
    on.filter(({ onlyAdds }) => !onlyAdds),
    ({ system }) => system,
  );
}
