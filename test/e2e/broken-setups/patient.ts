/** A user's project on a scene, whole until something breaks it, and the user's hands: what a person may do to heal it. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Finished } from "../fixture/child.ts";
import type { Project } from "../fixture/project.ts";
import type { Scene } from "./scene.ts";

export interface Patient {
  readonly scene: Scene;
  readonly project: Project;
  /** The variables of the user's shell, beside those that every program needs. */
  readonly env: Record<string, string>;
  /** As `export NAME=VALUE`. */
  set(name: string, value: string): void;
  unset(name: string): void;
  /** The text of mlflow-auth.yaml. @throws Error if there is no such file */
  file(): string;
  /** Writes mlflow-auth.yaml; undefined removes it. */
  put(text: string | undefined): void;
  /** Changes one place of mlflow-auth.yaml. @throws Error if it is not there */
  edit(from: string | RegExp, to: string): void;
  /** Runs `mlflow-auth doctor` in the user's shell. */
  doctor(...args: string[]): Promise<Finished>;
}

const FILE = `version: 1
trackingUri: FRONT
plugins:
  vault:
    address: VAULT
    secret: { path: mlflow/auth }
`;

/** A set-up of which nothing is broken: a file with a server and a Vault, and a token of that Vault in the environment. */
export function admit(scene: Scene): Patient {
  const project = scene.createProject({
    config: FILE.replace("FRONT", scene.front.uri).replace("VAULT", scene.vault.address),
  });
  const path = join(project.folder, "mlflow-auth.yaml");
  const env: Record<string, string> = { VAULT_TOKEN: scene.vaultToken };
  const file = () => readFileSync(path, "utf8");
  const put = (text: string | undefined) =>
    void (text === undefined ? rmSync(path) : project.write("mlflow-auth.yaml", text));
  return {
    scene,
    project,
    env,
    set(name, value) {
      env[name] = value;
    },
    unset(name) {
      delete env[name];
    },
    file,
    put,
    edit(from, to) {
      const text = file();
      const edited = text.replace(from, () => to);
      if (edited === text) throw new Error(`${from} is not in the file:\n${text}`);
      put(edited);
    },
    doctor: (...args) => project.run(["mlflow-auth", "doctor", ...args], { env: { ...env } }),
  };
}
