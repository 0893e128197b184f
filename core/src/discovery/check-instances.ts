/** Finds the plugin of every enabled instance and checks the instance's options by the plugin's schema. */
import { valuesSchema } from "@mlflow-auth/schema";
import type { LoadContext } from "../config/check-core.js";
import { checkOptions, schemaFault } from "../config/check-options.js";
import type { InstanceConfig } from "../config/config.js";
import { complete } from "../config/environment.js";
import { explain } from "../config/explain.js";
import { instanceOptions, isPluginOption } from "../config/instances.js";
import { convert, isLiteral, secretPlaces } from "../config/options.js";
import { fieldName, pointerTo, stepsOf } from "../config/problems.js";
import type { Data, DataObject } from "../config/read.js";
import { isKnown, isObject, SchemaWalker } from "../config/schema-walk.js";
import { type SecretVariables, secretVariables } from "../config/secret-origins.js";
import { refuseSecretVariables } from "../config/secret-variables.js";
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import { removal } from "../secret/missing-variable.js";
import { DeadlineError } from "../time/within-deadline.js";
import type { InstalledPlugin } from "./check-manifest.js";
import { coreMismatch } from "./core-range.js";
import { findPlugin, type Installed, readInstalled } from "./find-plugin.js";
import { endless, faulty, noSchema } from "./package-faults.js";

/** @returns the enabled instances in the file's order; undefined for one with problems */
export async function checkInstances(
  plugins: Readonly<Record<string, unknown>>,
  disabled: ReadonlySet<string>,
  context: LoadContext,
): Promise<Map<string, InstanceConfig | undefined>> {
  const checked = new Map<string, InstanceConfig | undefined>();
  const enabled = Object.entries(plugins).filter(([name]) => !disabled.has(name));
  if (enabled.length === 0) return checked;
  const installed = readInstalled(context);
  /** The folders of packages whose schema took too long once: a file may have many instances of one. */
  const slow = new Set<string>();
  let above: Above | undefined;

  for (const [name, fields] of enabled) {
    checked.set(name, undefined);
    const { problems } = context;
    const pointer = pointerTo("/plugins", name);
    if (!isObject(fields) && isOptionOf(above, name)) refuseMisplaced(name, above, problems);
    // Something that is not a name is not looked for, and not repeated in a command to paste.
    if (!isObject(fields) || problems.covers(pointerTo(pointer, "package"))) continue;
    if (fields["timeout"] === 0) {
      // A time-out of nothing would let no answer come in time.
      problems.add(
        "WRONG_VALUE",
        pointerTo(pointer, "timeout"),
        "value",
        `\`${fieldName(pointerTo(pointer, "timeout"))}\` must be longer than 0`,
      );
    }
    const plugin = typeof fields["plugin"] === "string" ? fields["plugin"] : name;
    const only = typeof fields["package"] === "string" ? fields["package"] : undefined;
    try {
      const found = findPlugin({ plugin, package: only }, installed);
      above = { name, options: Object(found.schema["properties"]) };
      if (fields["optional"] === true && onlyAuthenticates(found)) {
        const message =
          "this plugin only authenticates, and a credential is never optional: leave `optional` out; `auth: [a, b]` names another one to ask";
        problems.add("FIELD_CONFLICT", pointerTo(pointer, "optional"), "key", message);
      }
      const read = await readOptions(name, fields as DataObject, found, { ...context, slow });
      checked.set(name, {
        name,
        plugin,
        timeout: Number(fields["timeout"]),
        optional: fields["optional"] === true,
        ...read,
        package: found.package,
        entries: found.entries,
        imports: found.imports,
      });
    } catch (error) {
      if (!isMlflowAuthError(error)) throw error;
      const isNone = error.code === "PLUGIN_NOT_INSTALLED" && plugin === name;
      if (isNone && isOptionOf(above, name)) refuseMisplaced(name, above, problems);
      else problems.add(error.code, pointer, "key", error.message);
    }
  }
  await warnOfVersions([...checked.values()], installed, context);
  return checked;
}

/** Once for each package, and last, for a warning about an instance hides what is below it. */
async function warnOfVersions(
  instances: readonly (InstanceConfig | undefined)[],
  { install }: Installed,
  { warnings }: LoadContext,
): Promise<void> {
  const told = new Set<string>();
  for (const instance of instances) {
    if (instance === undefined || told.has(instance.package.folder)) continue;
    told.add(instance.package.folder);
    const mismatch = await coreMismatch(instance.package, install);
    if (mismatch !== undefined) warnings.add("PLUGIN_VERSION", pointerTo("/plugins", instance.name), "key", mismatch);
  }
}

/** The instance above the one that is judged, and what its plugin takes. */
interface Above {
  readonly name: string;
  readonly options: object;
}

function isOptionOf(above: Above | undefined, name: string): above is Above {
  return above !== undefined && Object.hasOwn(above.options, name);
}

/** What stands where an instance does and is an option of the one above it: one step of indentation is missing. */
function refuseMisplaced(name: string, above: Above, problems: LoadContext["problems"]): void {
  const message = `\`${name}\` is an option of \`plugins.${above.name}\` and stands beside it: indent it further`;
  problems.replace(
    "UNKNOWN_FIELD",
    pointerTo("/plugins", name),
    "key",
    message,
    pointerTo("/plugins", above.name, name),
  );
}

function onlyAuthenticates({ entries }: InstalledPlugin): boolean {
  return Object.keys(entries).every((group) => group === "mlflow.request_auth_provider");
}

/** @throws MlflowAuthError `PLUGIN_MANIFEST` if the plugin's schema can't be used */
async function readOptions(
  name: string,
  fields: DataObject,
  installed: InstalledPlugin,
  context: LoadContext & { readonly slow: Set<string> },
): Promise<{ options: Readonly<Record<string, unknown>>; secretVariables: SecretVariables }> {
  const { env, interpolations, problems, warnings } = context;
  const pointer = pointerTo("/plugins", name);
  const given: DataObject = Object.create(null);
  for (const [key, value] of Object.entries(fields)) if (!instanceOptions.includes(key)) given[key] = value;

  const { walker, data, fromEnvironment, removed, places } = endless(installed.package, () => {
    const walker = new SchemaWalker(installed.schema, valuesSchema);
    const { data = given, ...from } = complete(given, pointer, { walker, env, interpolations });
    return { walker, data, ...from, places: walker.places(data, pointer) };
  });
  const secrets = new Set(secretPlaces(places));
  const values = new Map([...secrets].map((place) => [place, valueAt(data, place.slice(pointer.length))]));
  const isOption = (place: string) => place.startsWith(`${pointer}/`) && isPluginOption(place);
  refuseSecretVariables(interpolations, problems, (place) => isOption(place) && isKnown(places, place), secrets);
  const errors = await judge(installed, data, context.slow);
  endless(installed.package, () =>
    explain(errors, { walker, data, pointer, fromEnvironment, removed, interpolations }, problems),
  );
  refuseSecretVariables(interpolations, problems, isOption, secrets);
  for (const [secret, value] of values) {
    if (isLiteral(value, interpolations.get(secret))) {
      warnings.add("SECRET_LITERAL", secret, "value", isBare(value) ? BARE : LITERAL);
    }
  }
  for (const [place, variable] of removed) {
    const { state, remedy } = removal(variable);
    const message = `\`${fieldName(place)}\` is not given, and the variable ${variable} ${state}: ${remedy}`;
    warnings.add("VARIABLE_MISSING", place, "key", message);
  }
  const options = convert(data, pointer, { ...context, places, fromEnvironment }) as Readonly<Record<string, unknown>>;
  return { options, secretVariables: secretVariables({ values, interpolations, fromEnvironment }) };
}

const LITERAL = 'a credential stands in the file itself: write `"${NAME}"`, `{ env: NAME }` or `{ file: PATH }`';
const BARE =
  "this is the credential itself, a text that begins with `$`: a variable is written with braces, `${NAME}`, and this one is not set";

/** As a shell has its variables. Were there one of that name, the file would have been refused. */
function isBare(value: unknown): boolean {
  return typeof value === "string" && /^\$[A-Za-z_]\w*$/.test(value);
}

async function judge({ schema, package: owner }: InstalledPlugin, data: Data, slow: Set<string>) {
  const tooSlow =
    "has a configSchema that takes too long over these options, as a `pattern` can that goes back and forth";
  if (slow.has(owner.folder)) throw faulty(owner, "schema", tooSlow);
  try {
    return await checkOptions(schema, data);
  } catch (thrown) {
    if (thrown instanceof DeadlineError) {
      slow.add(owner.folder);
      throw faulty(owner, "schema", tooSlow);
    }
    throw noSchema(owner, await schemaFault(schema));
  }
}

function valueAt(data: Data, pointer: string): unknown {
  return stepsOf(pointer).reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], data);
}
