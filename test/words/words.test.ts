/** One word for one thing (CONTRIBUTING.md, "Words"): the words that were given up do not come back. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

/** A word by itself, in the singular or plural, or as a part of a name: `gate`, `Gates`, `openGate`, `gateOf`; not `gateway`. */
function named(word: string): RegExp {
  const capital = word[0]?.toUpperCase() + word.slice(1);
  return new RegExp(`(?:(?<![A-Za-z])(?:${word}|${capital})|(?<=[a-z])${capital})s?(?![a-z])`);
}

/** A type's name, where the same word is plain English in a sentence. */
const type = (...names: string[]) =>
  new RegExp(`(?:[:<|&]|\\b(?:as|type|class|interface)) (?:${names.join("|")})\\b|\\{@link (?:${names.join("|")})\\b`);

const words: readonly (readonly [old: RegExp, instead: string])[] = [
  [named("gate"), "authorizer; in tests, front: what stands between a client and MLflow"],
  [type("Route"), "ServerPipeline"],
  [named("slot"), "bound (a BoundProvider)"],
  [/\bAdditions\b/, "ExtraHeaders"],
  [/\b(?:type|class|interface) Authorization\b|\{@link Authorization\b/, "AuthorizedHeaders"],
  [/\bstrips\??:|\.strips\b/, "replacesClientCredentials"],
  [named("suspicion"), "rejection, of a RejectionKind"],
  [/\bRefusal\b/, "Rejection, for what a server says of a credential"],
  [/\bdoubted\b/, "suspected"],
  [type("Exchange"), "AuthorizedRequest in core, ResponseWriter in the proxy"],
  [/(?<!accessKey\.)\bexchange\(/, "probe("],
  [type("Channel"), "InterceptorContext"],
  [type("Loading"), "LoadContext"],
  [type("Judged"), "ValidationContext"],
  [type("Filling"), "Interpolation"],
  [type("Fate"), "PluginStatus"],
  [type("Hole"), "InsertionPoint"],
  [type("Target"), "RequestUrl in core, Upstream in the proxy"],
  [/\breach(?:Of)?\(/, "searchFoldersOf("],
  [named("distrust"), "trustProblem"],
  [/\bsealOf\b/, "reasonBodyIsFixed"],
  [/\bleftOut\b/, "warnUntagged; in init, declined"],
  [/\bwithin\(/, "withTimeout("],
  [/\binWords\b/, "formatDuration"],
  [named("upkeep"), "renewIfDue"],
  [named("reminder"), "RenewalTimer"],
  [/\bsent-elsewhere\b/, "redirects"],
  [/\bcontact-fault\b/, "connection-failure"],
  [/\bgiven-token\b/, "static-token"],
  [/\b[Mm]end(?:s|ed|ing)?\b/, "fix"],
  [
    /\b[Ww]hat stands before (?:MLflow|an? server|the server)\b|\b(?:have|in|of|by) what stands before it\b/,
    "a proxy in front of it",
  ],
  [/\b(?:is|are) no (?:regular|absolute)\b/, "is not a"],
  [/\b(?:have|ask) who(?:ever)? runs\b/, "ask its operator"],
];

/** Where such a word is right, and why. */
const allowed: readonly { readonly file: RegExp; readonly text: string; readonly why: string }[] = [
  {
    file: /^(?:proxy|test\/mutants\/lists\/proxy)\b/,
    text: "Refusal",
    why: "what the proxy itself says no to, which is not about a credential",
  },
  { file: /^cli\/src\/doctor\//, text: "Target", why: "the server that doctor examines" },
];

const root = fileURLToPath(new URL("../..", import.meta.url));
const test = suite("words");

/** Sources, tests and documents that are written by hand; what was, stays in the history. */
function files(): string[] {
  const generated =
    /(?:^|\/)(?:node_modules|dist|bundle|generated|licenses?|test\/words)(?:\/|$)|CHANGELOG\.md$|pnpm-lock\.yaml$/i;
  const patterns = ["**/*.{ts,mjs,cjs,js,py,md,json,yaml,conf,sh}", ".ci/*", ".changeset/*.md"];
  return globSync(patterns, { cwd: root, exclude: (path) => generated.test(path) }).sort();
}

const isAllowed = (file: string, line: string) => allowed.some((one) => one.file.test(file) && line.includes(one.text));

test("none that was given up is used", () => {
  const faults = files().flatMap((file) => {
    const lines = `${file}\n${readFileSync(root + file, "utf8")}`.split("\n");
    return lines.flatMap((line, number) =>
      words.flatMap(([old, instead]) => {
        const found = isAllowed(file, line) ? null : old.exec(line);
        return found === null ? [] : `${file}:${number || 1}: write ${instead}, not "${found[0].trim()}"`;
      }),
    );
  });
  assert.ok(faults.length === 0, `\n${faults.join("\n")}`);
});

test("every exception is still needed", () => {
  for (const { file, text } of allowed) {
    const used = files().some((name) => file.test(name) && readFileSync(root + name, "utf8").includes(text));
    assert.ok(used, `nothing holds "${text}" any more: remove the exception`);
  }
});

test("the words are found in names and sentences, and inside of other words they are not", () => {
  const found = ["the gate", "openGate(", "gateOf", "open-gate.ts", "Gates", "const channel: Channel", "{@link Fate}"];
  const others = [
    "gateway",
    "investigate",
    "it strips the header",
    "Loading the file",
    "slotted",
    "amend",
    "a channel",
  ];
  const isOld = (text: string) => words.some(([old]) => old.test(text));
  for (const text of found) assert.ok(isOld(text), text);
  for (const text of others) assert.not(isOld(text), text);
});

test.run();
