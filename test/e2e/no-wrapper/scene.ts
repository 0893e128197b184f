/** Projects of Python people: a file, and programs with nothing in front of them. */
import { readdirSync, readFileSync } from "node:fs";
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { ownNode } from "../../packages/python/layered-environment.ts";
import { socketFolder } from "../../servers/process/temporary-folder.ts";
import { createProject, type Project, type ProjectOptions } from "../fixture/project.ts";

/** Where the sockets of each project lie, by its folder. */
const runtimes = new Map<string, string>();

/** A project with nothing of npm's. What it started ends with the test, or the suite. */
export function pythonProject(options: Omit<ProjectOptions, "npm">): Project {
  const project = createProject({ ...options, npm: false });
  const runtime = socketFolder("run");
  runtimes.set(project.folder, runtime.path);
  closeAfterwards(() => {
    for (const pid of proxiesOf(project)) process.kill(pid, "SIGTERM");
    project.remove();
    runtime.remove();
  });
  const env = { ...ownNode, MLFLOW_TRACKING_AUTH: "mlflow-auth", XDG_RUNTIME_DIR: runtime.path };
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
