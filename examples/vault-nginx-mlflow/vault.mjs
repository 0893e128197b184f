/** Calls Vault's HTTP API as the administrator whose token is in VAULT_TOKEN. */
const { VAULT_ADDR = "http://127.0.0.1:8200", VAULT_TOKEN } = process.env;

export async function vault(method, path, body) {
  const answer = await fetch(`${VAULT_ADDR}/v1/${path}`, {
    method,
    headers: { "X-Vault-Token": VAULT_TOKEN },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`Vault answered ${answer.status} to ${method} ${path}: ${await answer.text()}`);
  const text = await answer.text();
  return text && JSON.parse(text).data;
}
