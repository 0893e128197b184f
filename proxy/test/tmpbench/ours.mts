import { openGate, Secret, stderrLogger } from "@mlflow-auth/core/internal";
import { startProxy } from "../../dist/index.js";
import { createProject } from "../project.ts";
const project = createProject();
const uri = process.argv[2]!;
const open = await openGate({ config: { version: 1, servers: [{ uri }], plugins: { test: project.options } } as never, cwd: project.folder, env: {} });
const p = await startProxy({ gate: open.gate, config: open.config, upstream: uri, env: {}, logger: stderrLogger, token: new Secret("a".repeat(43)) });
console.log(p.url);
process.on("message", () => { const c = process.cpuUsage(); process.send!({ cpu: c.user + c.system, uses: p.uses, rss: process.memoryUsage().rss }); });
