/** What is going to stand in the file, or amounts to one, while it is being put together. */
import type { Data, DataObject } from "../config/read.js";
import { isObject } from "../config/schema-walk.js";
import { isNamedLikeSecret } from "../config/secret-variables.js";
import type { InstalledPlugin } from "../discovery/check-manifest.js";
import { endless } from "../discovery/package-faults.js";
import { type Field, OptionForm } from "./option-form.js";

/** A plugin instance that is going to stand in the file. */
export interface DraftInstance {
  /** Its key, which is the plugin's name. */
  readonly name: string;
  readonly installed: InstalledPlugin;
  readonly form: OptionForm;
  readonly options: DataObject;
  /** Options that are left out on purpose, joined by dots. */
  readonly declined: Set<string>;
  /** The variables that options were taken from, by their keys joined by dots. */
  readonly taken: Map<string, readonly string[]>;
  /** The variables of other systems from which options can be taken, likewise. */
  readonly offered: Map<string, readonly string[]>;
}

/**
 * An instance of which nothing is said yet. Its schema is looked through once, so that one in circles is known before it is asked about.
 *
 * @throws MlflowAuthError `PLUGIN_MANIFEST` for a schema that refers to itself without end
 */
export function emptyInstance(name: string, installed: InstalledPlugin): DraftInstance {
  const form = endless(installed.package, () => {
    const made = new OptionForm(installed.schema);
    made.withVariables();
    made.open({});
    return made;
  });
  const options: DataObject = Object.create(null);
  return { name, installed, form, options, declined: new Set(), taken: new Map(), offered: new Map() };
}

/** What is known of the file so far. */
export interface Draft {
  trackingUri?: string | undefined;
  allowInsecure?: boolean | undefined;
  readonly instances: DraftInstance[];
}

/** Puts a value at a place, with the objects on the way to it. */
export function setAt(options: DataObject, [key, ...rest]: readonly string[], value: Data): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    options[key] = value;
    return;
  }
  const inner = Object.hasOwn(options, key) ? options[key] : undefined;
  const group = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : Object.create(null);
  options[key] = group;
  setAt(group, rest, value);
}

/** Whether there is a value at a place. */
export function isGiven(options: DataObject, path: readonly string[]): boolean {
  let value: Data | undefined = options;
  for (const key of path) value = isObject(value) ? (value as DataObject)[key] : undefined;
  return value !== undefined;
}

/** What is still to be said of an instance. */
export function openFields({ form, options, declined }: DraftInstance): Field[] {
  return form.open(options).filter(({ path }) => !declined.has(path.join(".")));
}

/**
 * How the file takes an option from the vendor's own variable; undefined where it can only be left out, so that the plugin takes it:
 * a path in a variable is relative to the working directory, and a variable named like a credential fills secret fields alone.
 */
export function fromVariable({ kind, schema }: Field, variable: string): Data | undefined {
  if (kind === "secret") return { env: variable };
  return schema["x-value"] === "path" || isNamedLikeSecret(variable) ? undefined : `\${${variable}}`;
}

/** The file as data: what YAML is made of, and what is checked before it is written. */
export function toData({ trackingUri, allowInsecure, instances }: Draft): DataObject {
  const able = instances.filter(({ installed }) => installed.entries["mlflow.request_auth_provider"] !== undefined);
  return {
    version: 1,
    ...(trackingUri !== undefined && { trackingUri }),
    ...(allowInsecure && { allowInsecure }),
    ...(able.length > 1 && { auth: able.map(({ name }) => name) }),
    plugins: Object.fromEntries(instances.map(({ name, form, options }) => [name, form.inOrder(options)])),
  };
}
