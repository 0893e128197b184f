import { randomBytes, randomUUID } from "node:crypto";
import { type Answer, type Call, envelope, errors, noContent } from "./answer.ts";
import { KvVersion1, KvVersion2, type SecretsEngine } from "./kv.ts";
import type { Policies } from "./policies.ts";
import { DEFAULT_LEASE } from "./token-settings.ts";
import type { Token } from "./tokens.ts";

interface Mount {
  /** With a slash at the end. */
  readonly path: string;
  readonly engine: SecretsEngine;
  /** Without a version if nobody gave one; then it is version 1. */
  readonly options: { version?: string };
  readonly accessor: string;
  readonly uuid: string;
}

/** Where secrets engines are mounted. */
export class Mounts {
  readonly #mounts = new Map<string, Mount>();

  /** The mount that serves a path. */
  find(path: string): Mount | undefined {
    return [...this.#mounts.values()].find((mount) => `${path}/`.startsWith(mount.path));
  }

  /** `sys/mounts/PATH` */
  handle({ method, path, body }: Call): Answer | undefined {
    const place = `${path.slice("sys/mounts/".length).replace(/\/$/, "")}/`;
    if (method === "DELETE") {
      this.#mounts.delete(place);
      return noContent;
    }
    if (method !== "POST" && method !== "PUT") return undefined;
    if (this.find(place.slice(0, -1))) return errors(400, `path is already in use at ${place}`);
    const { type } = body;
    if (type !== "kv" && type !== "kv-v2") return errors(400, `plugin not found in the catalog: ${type}`);
    const options = type === "kv-v2" ? { version: "2" } : ((body["options"] ?? {}) as Mount["options"]);
    const engine = options.version === "2" ? new KvVersion2() : new KvVersion1();
    const accessor = `kv_${randomBytes(4).toString("hex")}`;
    this.#mounts.set(place, { path: place, engine, options, accessor, uuid: randomUUID() });
    return noContent;
  }

  /** `sys/internal/ui/mounts/PATH`: what is mounted there, for a token that may use anything of it. */
  describe(path: string, token: Token, policies: Policies): Answer {
    const asked = path.slice("sys/internal/ui/mounts/".length).replace(/\/?$/, "/");
    const mount = this.find(asked.slice(0, -1));
    if (mount === undefined || !policies.allowSomethingBelow(token.policies, mount.path)) {
      const sentence = `please ensure client's policies grant access to path "${asked}"`;
      return errors(403, `preflight capability check returned 403, ${sentence}`);
    }
    const data = {
      accessor: mount.accessor,
      config: { default_lease_ttl: DEFAULT_LEASE, force_no_cache: false, max_lease_ttl: DEFAULT_LEASE },
      deprecation_status: "supported",
      description: "",
      external_entropy_access: false,
      local: false,
      options: mount.options,
      path: mount.path,
      plugin_version: "",
      running_plugin_version: "v0.20.0+builtin",
      running_sha256: "",
      seal_wrap: false,
      type: "kv",
      uuid: mount.uuid,
    };
    return envelope(200, { data });
  }
}
