/** Which plugins the environment means, judged before any of them is looked for. */
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { pluginsVariable, type Switched, type SwitchedPlugin } from "./switches.js";

/** As the key of an instance in the file, which it stands for. */
const NAME = /^[A-Za-z0-9][\w.-]{0,39}$/;

/**
 * The plugins that are switched on. Several may authenticate where one system has them asked in turn, or where `MLFLOW_AUTH_PLUGINS`
 * says in which order.
 *
 * @throws MlflowAuthError `ENVIRONMENT_INVALID` if something is switched on and nothing says what, or by a name that is none;
 *   `AUTH_AMBIGUOUS` if several systems would authenticate
 */
export function chosenPlugins(switched: Switched): readonly SwitchedPlugin[] {
  const { on } = switched;
  if (on.some(({ plugin }) => !NAME.test(plugin))) {
    // Not repeated: it may be a credential in the wrong place.
    const message = `${pluginsVariable} holds something that is no name of a plugin`;
    const remedy = `write names with commas between, as in ${pluginsVariable}=vault,datadog`;
    throw new MlflowAuthError("ENVIRONMENT_INVALID", message, { remedy });
  }
  if (on.length === 0) throw nothingChosen(switched);
  const systems = authenticating(on);
  if (systems.size < 2) return on;
  throw ambiguous(on, systems);
}

function nothingChosen({ variables, unknown }: Switched): MlflowAuthError {
  if (unknown === undefined) {
    const message = `${variables.join(" and ")} switches on mlflow-secrets-auth, and nothing says which of its stores`;
    const remedy = "set MLFLOW_SECRETS_AUTH_ENABLE to the stores to ask, as its documentation names them";
    return new MlflowAuthError("ENVIRONMENT_INVALID", message, { remedy });
  }
  const { variable, known, meant } = unknown;
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  return new MlflowAuthError("ENVIRONMENT_INVALID", `${variable} names none of the stores that it can switch on`, {
    remedy: `it takes ${known.join(", ")}, with commas between${hint}`,
  });
}

function ambiguous(on: readonly SwitchedPlugin[], systems: BySystem): MlflowAuthError {
  const found = [...systems].map(([system, plugins]) => {
    const names = [...new Set(plugins.flatMap((one) => one.variables))];
    return `${system} (${names.join(", ")})`;
  });
  const [first = []] = systems.values();
  const example = [...first, ...on.filter(({ onlyAdds }) => onlyAdds)].map(({ plugin }) => plugin).join(",");
  const message = `the environment switches on several systems that would authenticate: ${found.join(" and ")}`;
  return new MlflowAuthError("AUTH_AMBIGUOUS", message, {
    remedy: `say which plugins count, in the order in which they are asked, for example ${pluginsVariable}=${example}`,
  });
}

type BySystem = ReadonlyMap<string | undefined, readonly SwitchedPlugin[]>;

/** Of those that are switched on, the ones that authenticate, by their system. */
export function authenticating(on: readonly SwitchedPlugin[]): BySystem {
  return Map.groupBy(
    on.filter(({ onlyAdds }) => !onlyAdds),
    ({ system }) => system,
  );
}
