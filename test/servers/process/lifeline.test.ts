import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isAlive } from "./is-alive.ts";

const test = suite("servers end with the process that started them");

const program = `
  import { startProcess } from ${JSON.stringify(module("server-process.ts"))};
  import { temporaryFolder } from ${JSON.stringify(module("temporary-folder.ts"))};
  const folder = temporaryFolder("lifeline-test");
  // A server with a child of its own.
  const server = startProcess({ command: "/bin/sh", args: ["-c", "sleep 600 & echo $!; wait"] });
  while (!server.output().includes("\\n")) await new Promise((resolve) => setTimeout(resolve, 5));
  console.log(JSON.stringify({ folder: folder.path, server: server.pid, child: Number(server.output()) }));
`;

function module(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

interface Started {
  folder: string;
  server: number;
  child: number;
}

/** Runs the program with an ending, and waits until nothing of it is left, or does not end. */
async function runWith(ending: string): Promise<Started> {
  const args = ["--input-type=module", "--eval", program + ending];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await new Promise((resolve) => child.on("close", resolve));
  const started = JSON.parse(output) as Started;
  while (isAlive(started.server) || isAlive(started.child) || existsSync(started.folder)) await sleep(10);
  return started;
}

for (const [title, ending] of Object.entries({
  "when it ends by itself": "",
  "when it exits": "process.exit(3);",
  "when it throws": 'throw new Error("crash");',
  "when it is killed": 'process.kill(process.pid, "SIGKILL");',
  "when it has stopped them already": "await server.stop(); folder.remove();",
})) {
  test(title, async () => {
    const { server } = await runWith(ending);
    assert.not(isAlive(server));
  });
}

test.run();
