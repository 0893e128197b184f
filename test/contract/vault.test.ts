/** Holds the fake Vault to the real one: the same calls, the same answers. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import { type RealVault, startVault } from "../servers/vault.ts";
import { startFakeVault } from "../servers/vault-fake.ts";
import type { Memory, VaultCase } from "./vault/call.ts";
import { vaultCases } from "./vault-cases.ts";

const test = suite("the fake Vault answers like the real one", { missing: await missing("vault") });

interface Subject {
  vault: RealVault;
  memory: Memory;
}

let real: Subject;
let fake: Subject;

test.before(async () => {
  real = { vault: await startVault(), memory: {} };
  fake = { vault: await startFakeVault(), memory: {} };
});
test.after(async () => {
  await real.vault.stop();
  await fake.vault.stop();
});

for (const vaultCase of vaultCases) {
  test(vaultCase.title, async () => {
    const wanted = await ask(vaultCase, real);
    const given = await ask(vaultCase, fake);
    assert.equal(given, wanted);
  });
}

async function ask({ call, remember }: VaultCase, { vault, memory }: Subject) {
  const request = call(memory);
  const token = "token" in request ? request.token : vault.rootToken;
  const { body } = request;
  const response = await fetch(`${vault.address}/v1/${request.path}`, {
    method: request.method,
    headers: { ...request.headers, ...(token === undefined ? {} : { "X-Vault-Token": token }) },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text === "" ? undefined : JSON.parse(text);
  if (remember !== undefined) Object.assign(memory, remember(answer));
  return { status: response.status, type: response.headers.get("content-type"), body: withoutChance(answer) };
}

const RANDOM =
  /^(request_id|accessor|wrapped_accessor|uuid|client_token|id|.*_id|.*_time|creation_time|secret_id_accessor|running_plugin_version|ttl|last_renewal)$/;

/** What differs from one run to the next, replaced by its type; empty stays empty. */
function withoutChance(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutChance);
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    pairs.map(([name, field]) => {
      const isToken = typeof field === "string" && field.startsWith("hvs.");
      const chance = (RANDOM.test(name) || isToken) && field !== "" && field !== null && typeof field !== "object";
      // Vault's warnings are sentences for people; that there is one counts.
      if (name === "warnings") return [name, field === null ? null : (field as unknown[]).length];
      return [name, chance ? `a ${typeof field}` : withoutChance(field)];
    }),
  );
}

test.run();
