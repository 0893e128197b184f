/** Faults in the tags of a new run: what providers give, and how it comes into the body. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Tags of a new run
  ...faultsIn(
    "core/src",
    ["core/tags", "core/plugins"],
    [
      [
        "if (provider.inContext !== undefined && !(await provider.inContext())) return [];",
        "",
        "a provider tags runs where it said that it has nothing to say",
      ],
      [
        'if (result.status === "rejected") throw noRun(',
        'if (result.status === "rejected") continue; else if (false) throw noRun(',
        "a run is created without tags that it must have",
      ],
      [
        "if (owner !== undefined) warnOfCollision(key, owner, bound.instance);",
        "",
        "of two tags one is lost without a word",
      ],
      ["if (collisions.has(collision)) return;", "", "a collision is named with every run"],
      [
        "Symbol.iterator in given) {\n    throw wrong",
        "false) {\n    throw wrong",
        "a list or a Map of tags passes for no tags",
      ],
      [
        'if (typeof value !== "string") throw wrong(',
        "if (false) throw wrong(",
        "a tag that is no text makes MLflow answer 400",
      ],
      [
        'if (fault !== undefined) {\n      throw new MlflowAuthError("TAG_INVALID"',
        'if (false) {\n      throw new MlflowAuthError("TAG_INVALID"',
        "a tag beyond MLflow's limits becomes a row that nothing can change",
      ],
      [
        "    transient,\n    cause: error,",
        "    cause: error,",
        "a run that an outage keeps from being created is not tried again",
      ],
      [
        "  failures.add(failure);\n",
        "",
        "the client is told that it lacks a credential, where it is a tag that is missing",
        { tests: ["proxy/run-tags"] },
      ],
    ],
  ),

  // Tags in the body of a new run
  ...faultsIn(
    "core/src",
    ["core/run-tags"],
    [
      [
        'key === "content-encoding" && text !== "" && text !== "identity"',
        "false",
        "tags come into a compressed body, which is broken then",
      ],
      ['text !== "" && text !== "identity"', 'text !== ""', "a body that says that it is not compressed gets no tags"],
      ["else if (DIGESTS.has(key)) reason", "else if (false) reason", "a body no longer fits its digest"],
      [
        'new Set(["content-digest", "repr-digest", "digest", "content-md5"])',
        'new Set(["repr-digest", "digest", "content-md5"])',
        "a body no longer fits its digest",
      ],
      [
        "!replacesClientCredentials && text.startsWith",
        "text.startsWith",
        "a signature that is replaced anyway keeps the tags out",
      ],
      [
        'key === "authorization" && !replacesClientCredentials && text.startsWith("aws4-")',
        "false",
        "a signed body is changed, and refused",
      ],
      [
        "const LONGEST = 1024 * 1024",
        "const LONGEST = 16 * 1024 * 1024",
        "a body without end is read into memory before it is sent",
      ],
      [
        "if (length > LONGEST) return { uncollected: resumed(chunks, iterator) };",
        "if (length > LONGEST) return { uncollected: iterator };",
        "the first MiB of a long body is lost",
      ],
      [
        "Buffer.byteLength(body as string) > LONGEST ? { uncollected: body } : { bytes: bytesOf(body) }",
        "{ bytes: bytesOf(body) }",
        "a body of any length is changed",
      ],
      [
        "return { ...options, headers: withoutLength(headers), body: sameKind(options.body, tagged) };",
        "return { ...options, body: sameKind(options.body, tagged) };",
        "the length that is sent is not the body's",
      ],
      [
        "new Blob([bytes as Uint8Array<ArrayBuffer>], { type: given.type })",
        "new Blob([bytes as Uint8Array<ArrayBuffer>])",
        "a Blob's content type is lost",
      ],
      [
        "authorizer.warnUntagged(server, `its body ${reason}`);",
        "",
        "a run without its tags is created without a word",
      ],
      [
        "unlessAborted(withRunTags(this.#options, authorized, this.#context.authorizer), signal)",
        "withRunTags(this.#options, authorized, this.#context.authorizer)",
        "a request that was given up waits for its body, and for its tags",
      ],
      ["authorizer.warnUntagged(server, why);", "", "a run without its tags is created without a word"],
      [
        'authorizer.warnUntagged(server, "its body is not a JSON object that describes a run");',
        "",
        "a run without its tags is created without a word",
      ],
      [
        "Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)",
        "Buffer.from(chunk.buffer)",
        "bytes of the client's memory that it did not mean to send go out",
      ],
    ],
  ),
];
