/** Faults in the forms in which a secret comes, where it is read, and where it may show. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // From a secret to its header
  ...faultsIn(
    "core/src",
    ["core/credential"],
    [
      [
        "`Bearer ${token.reveal()}`",
        "`bearer ${token.reveal()}`",
        "servers that compare the scheme by its letters refuse the token",
      ],
      [
        "if (!/^(?:proxy-)?authorization$/i.test(header)) return token;",
        "return token;",
        "a bare token is sent as Authorization, and every server refuses it",
      ],
      ["/^(?:proxy-)?authorization$/i", "/^(?:proxy-)?authorization$/", "a bare token is sent as authorization"],
      [
        "/^(?:proxy-)?authorization$/i",
        "/^authorization$/i",
        "a bare token is sent as Proxy-Authorization, and the front refuses it",
      ],
      ['if (token.reveal().includes(" ")) {', "if (false) {", "`Bearer Bearer …` is sent"],
      ["if (!/^[\\x20-\\x7e]+$/.test(text)) {", "if (false) {", "a token with a line break in it makes another header"],
      [
        "const text = secret.reveal().trim();",
        "const text = secret.reveal();",
        "a token from a file with a line end is refused",
      ],
      ["colon < 1 || colon === pair.length - 1", "colon < 0", "a user without a password is sent"],
      [
        'Buffer.from(pair).toString("base64")',
        'Buffer.from(pair).toString("base64url")',
        "a password whose Base64 holds a + or a / is refused",
      ],
      [
        "if (value.reveal().length <= MAX_HEADER) return value;",
        "return value;",
        "a whole file as a credential is sent, and refused by the server without a reason",
      ],
      [
        'if (credential.kind === "user") {\n    throw',
        "if (false) {\n    throw",
        "a user and a password end in a TypeError",
      ],
    ],
  ),

  // The forms of a secret
  ...faultsIn(
    "core/src",
    ["core/credential"],
    [
      [
        'if (Buffer.byteLength(text) > MAX_SECRET) throw malformed(place, "is larger',
        'if (false) throw malformed(place, "is larger',
        "a store's answer of any length is taken for a secret",
      ],
      [
        'if (/^[{["]/.test(trimmed)) return',
        "if (/^[{]/.test(trimmed)) return",
        "a JSON string is sent with its quotes",
      ],
      ["const trimmed = text.trim();", "const trimmed = text;", "a secret with a line end is refused"],
      [
        'if (!hasUser) return { kind: "token", token };',
        'return { kind: "token", token };',
        "a user and a password beside a token can't be sent",
      ],
      ['if (name.reveal().includes(":")) {', "if (false) {", "a user with a colon logs in as another user"],
      [
        "if (/\\p{Cc}/u.test(text) || !text.isWellFormed()) {",
        "if (!text.isWellFormed()) {",
        "a line break in a secret makes another header",
      ],
      ["|| !text.isWellFormed()) {", ") {", "half of a surrogate pair is sent as a question mark"],
      [
        'throw malformed(place, "begins like JSON and is not JSON", remedy);',
        'return { kind: "token", token: field(text, "token", place) };',
        "half of a broken JSON object is sent as a token",
      ],
    ],
  ),

  // A secret in print
  ...faultsIn(
    "core/src",
    ["core/secret", "core/credential"],
    [
      [
        "  toJSON(): string {\n    return mask;",
        "  toJSON(): string {\n    return this.#text;",
        "JSON of a request's headers shows the secret",
      ],
      [
        "  toString(): string {\n    return mask;",
        "  toString(): string {\n    return this.#text;",
        "a text template shows the secret",
      ],
      [
        "  [Symbol.toPrimitive](): string {\n    return mask;",
        "  [Symbol.toPrimitive](): string {\n    return this.#text;",
        "a text template shows the secret",
      ],
      [
        "  [inspect.custom](): string {\n    return mask;",
        "  [inspect.custom](): string {\n    return this.#text;",
        "console.log shows the secret",
      ],
      ["this.#text === other.reveal()", "true", "a rotated token of Vault's counts as the same"],
      [
        'value is Secret {\n  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;',
        "value is Secret {\n  return value instanceof Secret;",
        "a secret of a second copy of this package is sent as [secret]",
      ],
    ],
  ),

  // Where a secret field takes its value from, and how files are opened
  ...faultsIn(
    "core/src",
    ["core/source", "core/small-file"],
    [
      [
        "constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) |",
        "constants.O_RDONLY |",
        "a FIFO for a secret holds every request for ever",
      ],
      [
        "this.wantsMore = stats.isFile() && stats.size <= maxBytes;",
        "this.wantsMore = stats.size <= maxBytes;",
        "a device for a secret is read up to the limit",
        { accepted: "it is refused all the same, and no more than the limit is read" },
      ],
      [
        'if (!stats.isFile()) return { reason: "irregular"',
        'if (false) return { reason: "irregular"',
        "a folder or a FIFO for a secret is taken for an empty file",
      ],
      [
        "this.wantsMore = count > 0 && this.length <= this.#maxBytes;",
        "this.wantsMore = count > 0;",
        "a file that grows is read without end",
        { accepted: "the buffer ends a byte behind the most that is allowed, so that the next reading brings nothing" },
      ],
      [
        "if (Math.max(stats.size, this.length) > this.#maxBytes) {",
        "if (stats.size > this.#maxBytes) {",
        "a file that grows is taken for its beginning",
      ],
      [
        "if (Math.max(stats.size, this.length) > this.#maxBytes) {",
        "if (Math.max(stats.size, this.length) >= this.#maxBytes) {",
        "a file of the greatest size is refused",
      ],
      [
        'new TextDecoder("utf-8", { fatal: true })',
        'new TextDecoder("utf-8")',
        "a file that is no text is sent as question marks",
      ],
      ["      await handle.close();", "", "each reading of a secret leaves a file open, until no more can be opened"],
      [
        "if (descriptor !== undefined) closeSync(descriptor);",
        "",
        "each look at a plugin's package leaves a file open",
      ],
      [
        'if (text === "") throw refused("is empty"',
        'if (false) throw refused("is empty"',
        "an empty file is sent as an empty credential",
      ],
      [
        'text !== undefined && text.trim() !== ""',
        "text !== undefined",
        "an empty variable is sent as an empty credential",
      ],
      ["const text = read.text.trim();", "const text = read.text;", "a token from a file with a line end is refused"],
    ],
  ),
  ...faultsIn(
    "core/src/secret/select-credential.ts",
    ["core/select-credential"],
    [
      [
        "field === undefined && hasSecretFields(fields)",
        "hasSecretFields(fields)",
        "the field that the user named is passed over where there is a token, too",
      ],
      [".filter((name) => !ignored.includes(name))", "", "a secret with a field of the store's own has no only field"],
      [
        "field ?? (names.length === 1 ? names[0] : undefined)",
        "field ?? names[0]",
        "of several fields the first is sent as the credential",
      ],
      ['/.test(name) ? name : "…"', "/ ? name : name", "a credential in the place of a field's name is printed"],
      [
        "if (field === undefined) return parseSecret(held as string, place);",
        "return parseSecret(held as string, place);",
        "a text is sent where the user named a field of it",
      ],
      ['if (!text.trim().startsWith("{")) return undefined;', "", "a token that is a number in JSON is no credential"],
    ],
  ),
];
