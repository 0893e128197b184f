/** The temporary files of bodies, which have no name any more: Linux shows what a process has open. */
import { readdirSync, readlinkSync } from "node:fs";
import * as assert from "uvu/assert";

const FOLDER = "/proc/self/fd";

/** The descriptors of those that this process has open, each with what its name was. */
export function namelessFiles(): { readonly descriptor: string; readonly path: string }[] {
  return readdirSync(FOLDER)
    .map((descriptor) => {
      try {
        return { descriptor, path: readlinkSync(`${FOLDER}/${descriptor}`) };
      } catch {
        return { descriptor, path: "" };
      }
    })
    .filter(({ path }) => /\/mlflow-auth-.*\(deleted\)/.test(path));
}

/** A close takes a few turns of the event loop; what nobody closes stays open until it is collected as garbage, of which Node warns. */
export async function assertClosed(): Promise<void> {
  for (let turn = 0; turn < 1_000 && namelessFiles().length > 0; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(namelessFiles(), []);
  assert.equal(collected, []);
}

const collected: string[] = [];
process.on("warning", ({ message }) => {
  if (/on garbage collection/.test(message)) collected.push(message);
});
