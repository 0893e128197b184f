/** Projects of Python people: MLflow and this package in one environment, a file, and programs with nothing in front of them. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { distributions } from "../../packages/python/distributions.ts";
import { socketFolder, temporaryFolder } from "../../servers/process/temporary-folder.ts";
import { createProject, type Project, type ProjectOptions } from "../fixture/project.ts";

/** The names of wheels that an environment gets. */
const WHEELS = /^mlflow_auth(?:_vault)?-.*\.whl$/;

/**
 * An environment that has all of another one, MLflow among it, and this package with the plugin for Vault. It goes with the test, or with
 * the suite where a `before` hook makes it.
 *
 * @param python of the other one
 * @returns its Python
 */
export async function environmentWithPackage(python: string): Promise<string> {
  const { path, remove } = temporaryFolder("environment");
  closeAfterwards(remove);
  execFileSync(python, ["-m", "venv", "--without-pip", path]);
  const [own, theirs] = [join(path, "bin", "python"), python].map(sitePackages) as [string, string];
  writeFileSync(join(own, "mlflow.pth"), `${theirs}\n`);
  const wheels = await distributions();
  for (const name of readdirSync(wheels)) {
    if (WHEELS.test(name)) execFileSync(python, ["-m", "zipfile", "-e", join(wheels, name), own]);
  }
  return join(path, "bin", "python");
}

function sitePackages(python: string): string {
  const ask = "import sysconfig; print(sysconfig.get_path('purelib'))";
  return execFileSync(python, ["-c", ask], { encoding: "utf8" }).trim();
}

/** Where the sockets of each project lie, by its folder. */
const runtimes = new Map<string, string>();

/** A project with nothing of npm's. What it started ends with the test, or the suite. */
export function pythonProject(options: ProjectOptions): Project {
  const project = createProject(options);
  for (const name of ["node_modules", "package.json"]) rmSync(join(project.folder, name), { recursive: true });
  const runtime = socketFolder("run");
  runtimes.set(project.folder, runtime.path);
  closeAfterwards(() => {
    for (const pid of proxiesOf(project)) process.kill(pid, "SIGTERM");
    project.remove();
    runtime.remove();
  });
  const env = {
    MLFLOW_AUTH_NODE: process.execPath,
    MLFLOW_TRACKING_AUTH: "mlflow-auth",
    XDG_RUNTIME_DIR: runtime.path,
  };
  const withEnv: Project["start"] = (command, more = {}) =>
    project.start(command, { ...more, env: { ...env, ...more.env } });
  return { ...project, start: withEnv, run: (command, more) => withEnv(command, more).finished };
}

/** The processes that serve programs of a project; with "handover", those that hold their ports. Linux only. */
export function proxiesOf({ folder }: Project, kind: "proxy" | "handover" = "proxy"): number[] {
  const ofProcess = (pid: string, name: string) => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, "utf8");
    } catch {
      // It has ended.
      return "";
    }
  };
  return readdirSync("/proc")
    .filter(
      (pid) => /^\d+$/.test(pid) && ofProcess(pid, "environ").includes(`XDG_RUNTIME_DIR=${runtimes.get(folder)}\0`),
    )
    .filter((pid) => {
      const command = ofProcess(pid, "cmdline").split("\0");
      return kind === "proxy" ? command.includes("serve-processes") : command.includes("-S");
    })
    .map(Number);
}
