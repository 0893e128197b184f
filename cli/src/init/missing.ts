/** What nobody can be asked: the defaults are taken, and what has none is named. */
import { MlflowAuthError } from "@mlflow-auth/core/internal/config";
import {
  type Draft,
  type DraftInstance,
  type Field,
  fromVariable,
  openFields,
  setAt,
} from "@mlflow-auth/core/internal/environment";
import { usualAddress } from "./address.js";
import { firstSentence } from "./render.js";
import { noPlugin, type Surroundings } from "./surroundings.js";

/** Takes the address and the plugin where there is only one that can be meant. */
export function takeUsual(draft: Draft, around: Surroundings): void {
  draft.trackingUri ??= usualAddress();
  const usable = around.choices.filter(({ fault }) => fault === undefined);
  const [only] = usable;
  if (draft.instances.length === 0 && only !== undefined && usable.length === 1) {
    draft.instances.push(around.instance(only.name));
  }
  for (const instance of draft.instances) takeVariables(instance);
}

function takeVariables(instance: DraftInstance): void {
  const { options, declined } = instance;
  const isOpen = ({ optional, variables }: Field) => optional || variables.length > 0;
  for (let field = openFields(instance).find(isOpen); field; field = openFields(instance).find(isOpen)) {
    const variable = field.variables.find((name) => process.env[name]) ?? field.variables[0];
    const value = variable && fromVariable(field, variable);
    if (value === undefined) declined.add(field.path.join("."));
    else setAt(options, field.path, value as string);
  }
}

/** @throws MlflowAuthError `USAGE` that names every option which has to be given; `PLUGIN_NOT_INSTALLED` if there is no plugin */
export function refuseMissing({ trackingUri, instances }: Draft, around: Surroundings): void {
  if (instances.length === 0 && around.choices.length === 0) throw noPlugin(around);
  const missing: string[] = [];
  if (trackingUri === undefined) missing.push("--tracking-uri URI");
  if (instances.length === 0) {
    missing.push(`--plugin NAME (installed here: ${around.choices.map(({ name }) => name).join(", ")})`);
  }
  for (const instance of instances) {
    for (const field of openFields(instance)) missing.push(optionFor(instance.name, field));
  }
  if (missing.length === 0) return;
  throw new MlflowAuthError("USAGE", `this is missing: ${missing.join("; ")}`, {
    remedy: "add it, or run `mlflow-auth init` on a terminal and without --yes, where it asks",
  });
}

function optionFor(name: string, { path, kind, choices, description }: Field): string {
  const place = `--set ${[name, ...path].join(".")}`;
  if (kind === "secret") return `${place}.env=NAME or ${place}.file=PATH`;
  if (kind === "choice") return `${place}=${choices.map(({ value }) => value).join("|")}`;
  return `${place}=VALUE (${firstSentence(description)})`;
}
