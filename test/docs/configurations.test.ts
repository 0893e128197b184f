/** Every configuration of the documentation is valid as it stands, once the variables that it names are set. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadMlflowAuth } from "@mlflow-auth/core";
import { loadConfig } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { type Fence, fencesOf, markdownFiles, readMarkdown } from "./markdown.ts";

const test = suite("configurations in the documentation");
const project = createProject({ config: "version: 1\n", watch: createWatch() });
test.after(() => project.remove());

/** What makes a whole file of a part of one, by the mark of its block. */
const around: Record<string, (part: string) => string> = {
  "option=vault": optionOf("vault", "    address: https://vault.example.com\n", "{ path: mlflow/auth }"),
  "option=aws": optionOf("aws", "    region: eu-central-1\n", "{ id: mlflow/auth }"),
  "option=sigv4": (part) =>
    `version: 1\ntrackingUri: https://mlflow.example.com\nplugins:\n  sigv4:\n${part.replaceAll(/^/gm, "    ").trimEnd()}\n`,
  "option=descope": optionOf("descope", "    projectId: P2abc\n", undefined),
  "option=azure": optionOf("azure", "    vaultUrl: https://team.vault.azure.net\n", "{ name: mlflow-auth }"),
  "option=hokusai": (part) =>
    `version: 1\ntrackingUri: https://registry.hokus.ai/mlflow\nplugins:\n  hokusai:\n${part.replaceAll(/^/gm, "    ")}\n`,
};

/** @param secret in place of `secret`, where the part is not that; undefined for a plugin without it */
function optionOf(plugin: string, others: string, secret: string | undefined): (part: string) => string {
  return (part) => {
    const rest = secret === undefined || part.startsWith("secret:") ? "" : `    secret: ${secret}\n`;
    const indented = part.replaceAll(/^/gm, "    ").trimEnd();
    return `version: 1\ntrackingUri: https://mlflow.example.com\nplugins:\n  ${plugin}:\n${others}${rest}${indented}\n`;
  };
}

/** The files that a block stands for; none for one that holds something else. */
function configurationsOf({ language, marks, text }: Fence): string[] {
  if (language !== "yaml") return [];
  const [mark] = marks.filter((word) => word.startsWith("option="));
  if (mark === undefined) return [text];
  const complete = around[mark];
  if (complete === undefined) throw new Error(`nothing is known about ${mark}`);
  return text.split(/^(?=\S)/m).map((part) => complete(part));
}

/** Each variable that the text names, with a value that fits where it is used. */
function variablesOf(text: string): Record<string, string> {
  const names = Array.from(text.matchAll(/\$\{(\w+)|env: (\w+)/g), ([, first, second]) => String(first ?? second));
  const valueFor = (name: string) => (/URI|ADDR|URL/.test(name) ? "https://mlflow.example.com" : "something");
  return Object.fromEntries(names.map((name) => [name, valueFor(name)]));
}

async function warningsOf(text: string): Promise<readonly unknown[]> {
  const file = join(project.folder, "mlflow-auth.yaml");
  writeFileSync(file, text);
  const { warnings } = await loadConfig({ configFile: file, cwd: project.folder, env: variablesOf(text) });
  return warnings;
}

/** A guide that makes a plugin has files for that plugin: they are judged as the guide is run, with the plugin there. */
const makesPlugin = (fences: readonly Fence[]) => fences.some(({ marks }) => marks.includes("file=package.json"));

for (const file of markdownFiles()) {
  const fences = fencesOf(readMarkdown(file));
  if (makesPlugin(fences)) continue;
  const configurations = fences.flatMap((fence) => configurationsOf(fence).map((text) => ({ text, line: fence.line })));
  if (configurations.length === 0) continue;
  test(file, async () => {
    for (const { text, line } of configurations) {
      const warnings = await warningsOf(text).catch((error) => assert.unreachable(`line ${line}\n${error.message}`));
      assert.equal(warnings, [], `line ${line}`);
    }
  });
}

test("the object that a program may give in place of the file is written as the file is", async () => {
  const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { datadog: {} } } as const;
  const auth = await loadMlflowAuth({ config, cwd: project.folder, env: {} });
  assert.equal(await auth.headers("https://mlflow.example.com"), {});
  await auth.close();
});

test.run();
