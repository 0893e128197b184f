/** `--set plugin.option=value`. */
import {
  type Data,
  isObject,
  MlflowAuthError,
  type OptionsCheck,
  pointerTo,
  type Schema,
  stepsOf,
} from "@mlflow-auth/core/internal/config";
import { type DraftInstance, setAt } from "@mlflow-auth/core/internal/environment";
import { readOption } from "./read-option.js";

/** What one `--set` says. */
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
export function apply(settings: readonly Setting[], instance: DraftInstance, check: OptionsCheck): void {
  const { name, form, options } = instance;
  const own = settings.filter(({ path }) => path[0] === name);
  // All of them first: which options there are may depend on another one.
  for (const { path, text } of own) setAt(options, path.slice(1), text);
  refuseCredentials(instance);
  const places = form.places(options);
  for (const { path, text } of own) {
    const schema = places.get(pointerTo("", ...path.slice(1)))?.findLast(isTyped);
    if (schema === undefined) continue;
    const read = readOption(schema, text, check);
    const place = path.join(".");
    if ("fault" in read) throw new MlflowAuthError("USAGE", `--set ${place}: ${place} ${read.fault}`);
    setAt(options, path.slice(1), read.value as Data);
  }
}

/**
 * Asked again before the file is written: whether an option is a credential may show only once another one is chosen, as the token of a
 * login does once its method is.
 *
 * @throws MlflowAuthError `USAGE` where a credential itself is among the options
 */
export function refuseCredentials({ name, form, options }: DraftInstance): void {
  for (const [pointer, schemas] of form.places(options)) {
    if (!schemas.some((schema) => schema["x-value"] === "secret")) continue;
    const path = stepsOf(pointer);
    const value = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), options);
    if (typeof value !== "string" || /^\$\{[A-Za-z_]\w*\}$/.test(value)) continue;
    const place = [name, ...path].join(".");
    throw new MlflowAuthError("USAGE", `${place} is a credential, and those do not belong into the file`, {
      remedy: `say where it is: --set ${place}.env=NAME or --set ${place}.file=PATH`,
    });
  }
}

function isTyped(schema: Schema): boolean {
  return isObject(schema) && ("type" in schema || "enum" in schema || "const" in schema);
}
