import { randomUUID } from "node:crypto";
import { type Answer, type Call, envelope, errors, noContent, notFound } from "./answer.ts";
import type { AuthMethod } from "./auth-method.ts";
import { roleTokenSettings, type TokenSettings } from "./token-settings.ts";
import { authBlock, newEntity, type Tokens } from "./tokens.ts";

interface Role {
  id: string;
  readonly entity: string;
  readonly settings: TokenSettings;
  readonly secretIds: Set<string>;
}

const mountType = "approle";

/** The AppRole auth method at one mount. */
export class AppRole implements AuthMethod {
  readonly #roles = new Map<string, Role>();
  readonly #tokens: Tokens;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  login({ path, body }: Call): Answer {
    const { role_id: roleId, secret_id: secretId } = body;
    if (!roleId) return errors(500, "failed to determine alias name from login request");
    const [name, role] = [...this.#roles].find(([, candidate]) => candidate.id === roleId) ?? [];
    if (name === undefined || role === undefined) return errors(400, "invalid role or secret ID");
    if (!secretId) return errors(400, "missing secret_id");
    if (!role.secretIds.has(String(secretId))) return errors(400, "invalid role or secret ID");
    const token = this.#tokens.create({
      ...role.settings,
      path,
      displayName: "approle",
      metadata: { role_name: name },
      entity: role.entity,
      orphan: true,
    });
    return envelope(200, { auth: authBlock(token) });
  }

  handle(call: Call, rest: string): Answer | undefined {
    const [, name = "", part] = /^role\/([^/]+)(?:\/([^/]+))?$/.exec(rest) ?? [];
    const isWrite = call.method === "POST" || call.method === "PUT";
    if (name === "") return undefined;
    if (part === undefined) return isWrite ? this.#create(name, call.body) : undefined;
    const role = this.#roles.get(name);
    if (role === undefined) return notFound;
    if (part === "role-id" && call.method === "GET") return envelope(200, { data: { role_id: role.id }, mountType });
    if (part === "role-id" && isWrite) {
      role.id = String(call.body["role_id"]);
      return noContent;
    }
    if (part === "secret-id" && isWrite) return addSecretId(role, randomUUID());
    if (part === "custom-secret-id" && isWrite) return addSecretId(role, String(call.body["secret_id"]));
    return undefined;
  }

  /** A role that is written again keeps its id and its secret ids. */
  #create(name: string, body: Call["body"]): Answer {
    const { id = randomUUID(), entity = newEntity(), secretIds = new Set<string>() } = this.#roles.get(name) ?? {};
    this.#roles.set(name, { id, entity, settings: roleTokenSettings(body), secretIds });
    return noContent;
  }
}

function addSecretId(role: Role, secretId: string): Answer {
  role.secretIds.add(secretId);
  const data = { secret_id: secretId, secret_id_accessor: randomUUID(), secret_id_num_uses: 0, secret_id_ttl: 0 };
  return envelope(200, { data, mountType });
}
