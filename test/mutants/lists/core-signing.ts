/** Signed requests: what is signed is what arrives, and nothing goes out without its signature. */
import { faultsIn, type Mutant } from "../mutant.ts";

export const mutants: readonly Mutant[] = [
  ...faultsIn(
    "core/src/pipeline",
    ["core/signed-requests"],
    [
      [
        "if (headers.length > 0) return headers;",
        "return headers;",
        "a signer that gives nothing sends a bare request",
      ],
      [
        "if (owner !== undefined) throw headerCollision(name, owner, instance, server.uri);\n    }\n    if (headers",
        "}\n    if (headers",
        "a signature takes the place of another plugin's header",
      ],
      [
        "isPromise(answer) ? await withTimeout(answer, bound, clock) : answer",
        "await answer",
        "a signer that hangs keeps its request for ever",
      ],
      [
        "isSecret(value) ? value.reveal() : value]);\n    } catch",
        "String(value)]);\n    } catch",
        "a signature that is a Secret goes out as its mask",
      ],
      [
        "if (result.bound.provider.signRequest !== undefined) {",
        "if (false) {",
        "an LLM provider gets a signature that it can use",
      ],
      ["&& signRequest === undefined) {", ") {", "a provider whose credential is its signature alone can't be written"],
      [
        'if (id === undefined && Object.keys(headers).length === 0) throw wrong(instance, "with neither a header nor an id");',
        "",
        "a rotated key is never noticed, for nothing tells it from the old one",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/transport",
    ["core/signed-requests"],
    [
      [
        "if (signing === undefined) return this.#pass(options, server, handler);",
        "return this.#pass(options, server, handler);",
        "a request goes out without its signature",
      ],
      [
        "const path = withQuery(options);",
        "const { path } = options;",
        "undici's query is not covered by the signature",
      ],
      [
        'if (body.type !== undefined && !isGiven("content-type"))',
        "if (false)",
        "the content type of a Blob is not covered by the signature",
      ],
      [
        "(body.length > 0 || EXPECT_BODY.has(options.method))",
        "(body.length > 0)",
        "an empty upload is refused for its signature",
      ],
      [
        "const kept = own.filter(([name]) => !replaced.has(headerKey(name)));",
        "const kept = own;",
        "a client's header goes out beside the signature of that name",
      ],
      [
        "own.map(([name, value]) => [name, value] as const)",
        "own",
        "a signer changes what is sent after it has been signed",
      ],
      ["this.#body = signed.body;", "", "a stream that was signed once is lost after a rotation"],
      [
        "authorized.headers.length > 0 || authorized.signing !== undefined",
        "authorized.headers.length > 0",
        "a Host of the client's choice goes out with a signature",
      ],
      [
        "const chunk = Buffer.from(bytesOf(step.value));",
        "const chunk = bytesOf(step.value);",
        "a source that fills one buffer again and again spoils its upload",
        { tests: ["core/kept-body"] },
      ],
      [
        'file = await open(path, "wx+", 0o600);',
        'file = await open(path, "wx+", 0o644);',
        "others on the machine can read an upload",
        { tests: ["core/kept-body"] },
      ],
      ["await unlink(path);", "", "an upload stays on the disk", { tests: ["core/kept-body"] }],
      [
        "if (this.#isReleased && this.#readers === 0) this.#file",
        "if (this.#isReleased) this.#file",
        "an upload breaks off where its answer comes early",
        { tests: ["core/kept-body"] },
      ],
      [
        "this.#readers--;\n      this.#closeUnused();",
        "this.#readers--;",
        "each long upload costs a descriptor",
        { tests: ["core/kept-body"] },
      ],
      [
        "await file?.close().catch(() => undefined);",
        "",
        "each upload that breaks off costs a descriptor",
        { tests: ["core/kept-body"] },
      ],
      [
        "Math.max(bytes, declared) > LONGEST_REPLAY) throw refused();",
        "bytes > LONGEST_REPLAY) throw refused();",
        "an upload that will be refused is read up to its limit",
        { tests: ["core/kept-body"] },
      ],
      [
        "if (chunks.length === 1 && bytes === declared) continue;",
        "",
        "a text of 2 MiB is refused, though it is in memory",
        { tests: ["core/kept-body"] },
      ],
      [
        "this.#first.releaseBody();\n    super.onResponseEnd(...event);",
        "super.onResponseEnd(...event);",
        "each long upload that meets a rotation costs a descriptor",
        { tests: ["core/signed-requests"] },
      ],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["core/signing"],
    [
      [
        "if (authorized.signing !== undefined)\n        return Promise.reject(signatureNeeded(authorized.signing, authorized.server));",
        "",
        "a program sends a request without its signature",
      ],
      [
        "if (more !== undefined) throw moreThanHeaders(name, more, server);",
        "",
        "a signer under headers is never asked to sign",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/transport",
    ["core/careless-signing"],
    [
      [
        'return value === null ? "" : String(value)',
        "return String(value)",
        "a header without a value is sent as the word null",
      ],
      ['.replace(/^[ \\t]+|[ \\t]+$/g, "")', "", "white space that no server sees is signed"],
      [
        'if (typeof value === "object" && value !== null) throw',
        "if (false) throw",
        "an object is sent as a header's text",
      ],
      [
        "name.toLowerCase() === key",
        "headerKey(name) === key",
        "a header that looks like the length leaves the length unsigned",
      ],
      [
        "await unlessAborted(keeping, signal).catch",
        "await keeping.catch",
        "a client that gives up waits for the end of its own body",
      ],
      [
        "await unlessAborted(sign(options, origin, signing, body), signal)",
        "await sign(options, origin, signing, body)",
        "a client that gives up waits for its signature",
      ],
      ["(late) => late.release(),", "() => undefined,", "the file of an upload that was given up stays open"],
    ],
  ),
];
