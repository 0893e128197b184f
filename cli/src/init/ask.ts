/** The conversation on a terminal: what is still missing, one question after the other. */
import { resolve } from "node:path";
import {
  type Data,
  displayName,
  type OptionsCheck,
  ownPackage,
  ownPlugins,
  presentFolder,
  printable,
} from "@mlflow-auth/core/internal/config";
import {
  type Draft,
  type DraftInstance,
  type Field,
  fromVariable,
  openFields,
  setAt,
} from "@mlflow-auth/core/internal/environment";
import { interfaceNames } from "../installed/list-plugins.js";
import { askOne, askSome, askText, askYesNo } from "../prompts.js";
import { fileName } from "../where-from.js";
import { judgeAddress, usualAddress } from "./address.js";
import { readOption } from "./read-option.js";
import { type InstalledChoice, noPlugin, type Surroundings } from "./surroundings.js";
import { refusalOf } from "./target.js";

/** Asks for whatever the draft does not say. */
export async function complete(draft: Draft, around: Surroundings): Promise<void> {
  if (around.choices.every(({ fault }) => fault !== undefined)) throw noPlugin(around);
  await askTrackingUri(draft);
  if (draft.instances.length === 0) {
    for (const name of await askPlugins(around)) draft.instances.push(around.instance(name));
  }
  for (const instance of draft.instances) await askOptions(instance, around);
}

/**
 * Asks where the file shall be.
 *
 * @param usual the absolute path that Enter stands for
 * @throws Cancelled
 */
export async function askTarget(usual: string): Promise<string> {
  const answer = await askText({
    message: "Where shall the file be?",
    usual: displayName(usual, presentFolder()),
    hint: fileName(usual),
    check: (text) => refusalOf(resolve(text))?.message,
  });
  return resolve(answer);
}

async function askTrackingUri(draft: Draft): Promise<void> {
  const usual = usualAddress();
  while (draft.trackingUri === undefined) {
    const uri = await askText({
      message: "The address of the MLflow server",
      usual,
      hint:
        usual === undefined ? "for example https://mlflow.example.com" : `Enter: ${usual}, from MLFLOW_TRACKING_URI`,
      check: (answer) => judgeAddress(answer).fault,
    });
    if (judgeAddress(uri).cleartext) {
      const message = "That is plain http: anybody on the way can read the credential. Use it all the same?";
      if (!(await askYesNo(message, false))) continue;
      draft.allowInsecure = true;
    }
    draft.trackingUri = uri;
  }
}

/** Which of the installed plugins the file shall enable; those that could be installed are shown with the command for it. */
async function askPlugins({ choices, installed }: Surroundings): Promise<string[]> {
  const names = new Set(choices.map(({ name }) => name));
  const here = choices.map(({ name, package: from, interfaces, fault }: InstalledChoice) => ({
    value: name,
    label: `${printable(name)} (${from}: ${interfaceNames(interfaces).join(", ")})`,
    ...(fault && { label: `${printable(name)} (${from} can't be used: ${fault.code})`, disabled: true }),
  }));
  const others = ownPlugins
    .filter((name) => !names.has(name))
    .map((name) => ({
      value: name,
      label: `${name} (not installed: ${installed.install(ownPackage(name))})`,
      disabled: true,
    }));
  const usable = here.filter((choice) => !("disabled" in choice)).map(({ value }) => value);
  return askSome("Which plugins?", [...here, ...others], usable.length === 1 ? usable : []);
}

/** Asks until nothing is open: an answer may bring further questions. */
async function askOptions(instance: DraftInstance, { check }: Surroundings): Promise<void> {
  for (let [field] = openFields(instance); field !== undefined; [field] = openFields(instance)) {
    const answer = await askField(instance, field, check);
    if (answer === undefined) instance.declined.add(field.path.join("."));
    else setAt(instance.options, field.path, answer);
  }
}

/** @returns undefined where the option is to be left out */
async function askField({ name }: DraftInstance, field: Field, fits: OptionsCheck): Promise<Data | undefined> {
  const place = [name, ...field.path].join(".");
  const message = printable(`${place}: ${field.description.replaceAll(/\s+/g, " ")}`);
  if (field.kind === "secret") return askSecret(message, field, fits);
  if (field.kind === "choice") return askChoice(message, field);
  if (field.kind === "boolean") return askYesNo(message, false);
  const [variable] = field.variables.filter((candidate) => process.env[candidate]).concat(field.variables);
  const usual = variable && fromVariable(field, variable);
  const { examples } = field.schema;
  const example = Array.isArray(examples) ? `for example ${examples[0]}` : "";
  const text = await askText({
    message,
    usual: typeof usual === "string" ? usual : undefined,
    hint: typeof usual === "string" ? `Enter: ${usual}, which is ${stateOf(variable as string)}` : example,
    check: (answer) => {
      const read = readOption(field.schema, answer, fits);
      return "fault" in read ? `it ${read.fault}` : undefined;
    },
  });
  const read = readOption(field.schema, text, fits);
  return "value" in read ? read.value : undefined;
}

async function askChoice(message: string, { choices, optional }: Field): Promise<Data | undefined> {
  const options = choices.map(({ value, description }, index) => ({
    value: String(index),
    label: description === "" ? String(value) : printable(`${value}: ${description}`),
  }));
  const leaveOut = { value: "", label: "leave it to the default" };
  const answer = await askOne(message, optional ? [leaveOut, ...options] : options);
  return answer === "" ? undefined : choices[Number(answer)]?.value;
}

/** Where a credential is. Never the credential itself: it would stand in the file, and on the screen. */
async function askSecret(message: string, field: Field, fits: OptionsCheck): Promise<Data> {
  const where = await askOne(`${message} Where is it?`, [
    ...field.variables.map((name) => ({ value: name, label: `in the variable ${name} (${stateOf(name)})` })),
    { value: "env", label: "in another environment variable" },
    { value: "file", label: "in a file" },
  ]);
  if (where !== "env" && where !== "file") return { env: where };
  const answer = await askText({
    message: where === "env" ? "The name of the variable (not the credential)" : "The path of the file",
    hint: where === "env" ? "for example MLFLOW_CREDENTIAL" : "for example /run/secrets/mlflow",
    check: (text) => {
      const name = where === "env" && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
      if (name) return "it must be the name of an environment variable, without $";
      const read = readOption({ type: "string", pattern: "\\S", "x-expects": "the path of a file" }, text, fits);
      return "fault" in read ? `it ${read.fault}` : undefined;
    },
  });
  return { [where]: answer };
}

function stateOf(variable: string): string {
  return process.env[variable] ? "set here" : "not set here";
}
