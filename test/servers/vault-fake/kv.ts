import { type Answer, type Call, envelope, errors, noContent, notFound, ttlSeconds } from "./answer.ts";
import { DEFAULT_LEASE } from "./token-settings.ts";

/** A secrets engine: answers what is below its mount. */
export interface SecretsEngine {
  /** @param rest the path below the mount */
  handle(call: Call, rest: string): Answer;
}

const unsupported = errors(405, "unsupported operation");

/** KV version 1: a secret has one version, and its fields are the answer's data. */
export class KvVersion1 implements SecretsEngine {
  readonly #secrets = new Map<string, Readonly<Record<string, unknown>>>();

  handle({ method, body }: Call, rest: string): Answer {
    switch (method) {
      case "GET": {
        const data = this.#secrets.get(rest);
        if (data === undefined) return notFound;
        const leaseSeconds = ttlSeconds(data["ttl"] ?? data["lease"]) ?? DEFAULT_LEASE;
        return envelope(200, { data, leaseSeconds, mountType: "kv" });
      }
      case "LIST":
        return listing([...this.#secrets.keys()], rest);
      case "POST":
      case "PUT":
        if (Object.keys(body).length === 0) return errors(400, "missing data fields");
        this.#secrets.set(rest, body);
        return noContent;
      case "DELETE":
        this.#secrets.delete(rest);
        return noContent;
      default:
        return unsupported;
    }
  }
}

interface Version {
  readonly data: unknown;
  readonly created: string;
  deleted: string;
}

/** KV version 2: a secret has numbered versions, below `data/` and `metadata/`. */
export class KvVersion2 implements SecretsEngine {
  readonly #secrets = new Map<string, Version[]>();

  handle(call: Call, rest: string): Answer {
    const [, area, path] = /^(data|metadata|delete)\/(.*)$/.exec(rest) ?? [];
    if (area === "delete" && path) return this.#delete(call, path);
    if (area === "metadata") return this.#metadata(call, path ?? "");
    if (area === "data" && path) return this.#data(call, path);
    return envelope(404, { warnings: [WRONG_PATH] });
  }

  #data({ method, query, body }: Call, path: string): Answer {
    const versions = this.#secrets.get(path) ?? [];
    switch (method) {
      case "GET":
        return this.#read(versions, Number(query.get("version") ?? 0) || versions.length);
      case "POST":
      case "PUT": {
        if (typeof body["data"] !== "object" || body["data"] === null) return errors(400, "no data provided");
        const version = { data: body["data"], created: new Date().toISOString(), deleted: "" };
        versions.push(version);
        this.#secrets.set(path, versions);
        return envelope(200, { data: describe(version, versions.length), mountType: "kv" });
      }
      case "DELETE": {
        const latest = versions.at(-1);
        if (latest !== undefined) latest.deleted ||= new Date().toISOString();
        return noContent;
      }
      default:
        return unsupported;
    }
  }

  /** Versions by their numbers, as `data` deletes the newest. */
  #delete({ body }: Call, path: string): Answer {
    for (const number of [body["versions"] ?? []].flat()) {
      const version = this.#secrets.get(path)?.[Number(number) - 1];
      if (version !== undefined) version.deleted ||= new Date().toISOString();
    }
    return noContent;
  }

  #read(versions: readonly Version[], number: number): Answer {
    const version = versions[number - 1];
    if (version === undefined) return notFound;
    const metadata = describe(version, number);
    if (version.deleted) return envelope(404, { data: { data: null, metadata } });
    return envelope(200, { data: { data: version.data, metadata }, mountType: "kv" });
  }

  #metadata({ method }: Call, path: string): Answer {
    const versions = this.#secrets.get(path);
    if (method === "LIST") return listing([...this.#secrets.keys()], path);
    if (method === "DELETE") {
      this.#secrets.delete(path);
      return noContent;
    }
    if (method !== "GET") return unsupported;
    if (versions === undefined) return notFound;
    const data = {
      cas_required: false,
      created_time: versions[0]?.created,
      current_version: versions.length,
      custom_metadata: null,
      delete_version_after: "0s",
      max_versions: 0,
      oldest_version: 0,
      updated_time: versions.at(-1)?.created,
      versions: Object.fromEntries(
        versions.map(({ created, deleted }, index) => [
          index + 1,
          { created_time: created, deletion_time: deleted, destroyed: false },
        ]),
      ),
    };
    return envelope(200, { data, mountType: "kv" });
  }
}

const WRONG_PATH = "Invalid path for a versioned K/V secrets engine.";

function describe({ created, deleted }: Version, version: number): Record<string, unknown> {
  return { created_time: created, custom_metadata: null, deletion_time: deleted, destroyed: false, version };
}

/** What stands directly below a folder. Names of folders end with a slash. */
function listing(paths: readonly string[], folder: string): Answer {
  const prefix = folder === "" || folder.endsWith("/") ? folder : `${folder}/`;
  const below = paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length));
  const keys = [...new Set(below.map((path) => path.replace(/\/.*/, "/")))].sort();
  return keys.length === 0 ? notFound : envelope(200, { data: { keys }, mountType: "kv" });
}
