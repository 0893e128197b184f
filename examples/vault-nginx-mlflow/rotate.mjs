/** Replaces MLflow's token. Running trainings don't notice: what is refused once is sent again with the new one. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { vault } from "./vault.mjs";

const ACCEPTED = "accepted-tokens.map";

function accept(lines) {
  writeFileSync(ACCEPTED, lines, { mode: 0o600 });
  if (existsSync("nginx.pid"))
    execFileSync("nginx", ["-p", ".", "-e", "error.log", "-c", "nginx.conf", "-s", "reload"]);
}

const before = existsSync(ACCEPTED) ? readFileSync(ACCEPTED, "utf8") : "";
const token = randomBytes(24).toString("base64url");
// A regular expression, for nginx takes no notice of case in plain text.
const line = `"~^Bearer ${token}$" 1;\n`;

// First both are good, then Vault gives out the new one, then the old one ends: no moment without a good token.
accept(before + line);
await vault("POST", "secret/data/mlflow/auth", { data: { token } });
accept(line);
console.log("MLflow has a new token");
