/** Which files npm would publish of a package. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, isAbsolute } from "node:path";

/** Milliseconds of real time. */
const LONGEST = 60_000;

/** Below the package's folder, with `/`; or why npm does not say. */
export type Packed = { readonly files: readonly string[] } | { readonly why: string };

/** It runs none of the package's scripts, and sends nothing, whatever the package's own `.npmrc` says: that may name variables of ours. */
const OPTIONS = ["--dry-run", "--json", "--ignore-scripts", "--offline", "--no-update-notifier"];

/** Asks npm about this folder, whatever workspace one around it was told. */
export async function packedFiles(folder: string): Promise<Packed> {
  // It is looked for from that folder: what lies there is not npm.
  const path = (process.env["PATH"] ?? "").split(delimiter).filter(isAbsolute).join(delimiter);
  const child = spawn("npm", ["pack", folder, ...OPTIONS], {
    cwd: folder,
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
    timeout: LONGEST,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  try {
    await once(child, "close");
  } catch {
    return { why: "npm can't be run here" };
  }
  return filesIn(stdout) ?? { why: `\`npm pack\` says: ${reasonIn(stderr)}` };
}

/** A list with one package, or an object with it under its name, as the releases of npm have it. */
function filesIn(stdout: string): Packed | undefined {
  try {
    const [packed] = Object.values(JSON.parse(stdout)) as { files?: { path: string }[] }[];
    return packed?.files && { files: packed.files.map(({ path }) => path.replace(/^\.\//, "")) };
  } catch {
    return undefined;
  }
}

function reasonIn(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => /^npm (?:error|ERR!)/.test(line));
  const said = lines.map((line) => line.replace(/^npm (?:error|ERR!)\s*/, ""));
  return said.find((line) => line !== "" && !/^(?:code|errno|syscall|path) /.test(line)) ?? "nothing";
}
