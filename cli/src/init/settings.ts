/** `--set plugin.option=value`. */
import { type Data, isObject, MlflowAuthError, type Schema } from "@mlflow-auth/core/internal/config";
import { type DraftInstance, setAt } from "./draft.js";

export interface Setting {
  /** The key of the instance and those below it. */
  readonly path: readonly string[];
  readonly text: string;
}

/**
 * @param names the plugins that there are; a name may hold dots
 * @throws MlflowAuthError `USAGE`
 */
export function parseSetting(argument: string, names: readonly string[]): Setting {
  const [, place = "", text = ""] = /^([^=]+)=(.*)$/s.exec(argument) ?? [];
  const name = names.filter((candidate) => place.startsWith(`${candidate}.`)).sort((a, b) => b.length - a.length)[0];
  const rest = name === undefined ? [] : place.slice(name.length + 1).split(".");
  if (name === undefined || rest.includes("")) {
    // What follows `=` may be a credential that somebody gave by mistake.
    const shown = /^[\w.-]{1,100}$/.test(place) ? `--set ${place}` : "--set";
    const example = `--set ${names[0] ?? "vault"}.secret.path=mlflow/auth`;
    throw new MlflowAuthError("USAGE", `${shown} does not begin with the name of a plugin and an option of it`, {
      remedy: `write it as --set PLUGIN.OPTION=VALUE, for example ${example}`,
    });
  }
  return { path: [name, ...rest], text };
}

/**
 * Puts what was set into the instance's options, each value as the type that its option has.
 *
 * @throws MlflowAuthError `USAGE` where it does not fit, or is a credential
 */
export function apply(settings: readonly Setting[], { name, form, options }: DraftInstance): void {
  const own = settings.filter(({ path }) => path[0] === name);
  // All of them first: which options there are may depend on another one.
  for (const { path, text } of own) setAt(options, path.slice(1), text);
  const places = form.places(options);
  for (const { path, text } of own) {
    const schemas = places.get(`/${path.slice(1).join("/")}`) ?? [];
    const place = path.join(".");
    if (schemas.some((schema) => schema["x-value"] === "secret") && !/^\$\{[A-Za-z_]\w*\}$/.test(text)) {
      throw new MlflowAuthError("USAGE", `${place} is a credential, and those do not belong into the file`, {
        remedy: `say where it is: --set ${place}.env=NAME or --set ${place}.file=PATH`,
      });
    }
    const schema = schemas.findLast(isTyped);
    if (schema === undefined) continue;
    const read = form.read(schema, text);
    if ("fault" in read) throw new MlflowAuthError("USAGE", `--set ${place}: ${place} ${read.fault}`);
    setAt(options, path.slice(1), read.value as Data);
  }
}

function isTyped(schema: Schema): boolean {
  return isObject(schema) && ("type" in schema || "enum" in schema || "const" in schema);
}
