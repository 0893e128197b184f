/** Faults in how the file is read, checked, and filled from the environment. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Reading it
  ...faultsIn(
    "core/src",
    ["core/broken-files", "core/load-config", "core/plugin-options", "core/server-addresses", "core/messages"],
    [
      ["uniqueKeys: false,", "uniqueKeys: true,", "a key that stands there twice is told without its place"],
      [
        '"this key stands here twice: keep one of them");\n        continue;',
        '"this key stands here twice");',
        "of a key that stands there twice the last one counts",
      ],
      [
        'code === "MISSING_FIELD" && this.#meant.has(pointer)',
        "false",
        "a misspelt option is told after what is missing for it",
      ],
      [
        "if (!isObject(fields) && isOptionOf(above, name)) refuseMisplaced",
        "if (false) refuseMisplaced",
        "an option that is indented too little is told as a plugin",
      ],
      ['if (typeof key !== "string") {', "if (false) {", "a number as a key is taken for a text"],
      ["if (this.#yaml.isAlias(node)) {", "if (false) {", "an alias is followed"],
      [
        'if (anchor !== undefined) this.refuse(pointer, value, "an anchor',
        'if (false) this.refuse(pointer, value, "an anchor',
        "an anchor is taken",
      ],
      [
        "if (depth > MAX_DEPTH) {\n      this.refuse",
        "if (false) {\n      this.refuse",
        "a file nested without end ends in a RangeError",
      ],
      [
        "allowInsecure tls anonymous gateway",
        "allowInsecure anonymous gateway",
        "`tls` beside `servers` is passed over, and the certificate with it",
      ],
      [
        "if (first !== undefined) {\n      const message = `\\`servers[",
        "if (false) {\n      const message = `\\`servers[",
        "of two entries for one address one is passed over",
      ],
      [
        "else if (judged.cleartext && !allowInsecure &&",
        "else if (false &&",
        "a credential goes over the network in the clear",
      ],
      [
        'const allowInsecure = fields["allowInsecure"] === true;',
        'const allowInsecure = fields["allowInsecure"] !== false;',
        "a credential goes over the network in the clear",
        { accepted: "the schema fills in false before, and refuses what is not a boolean" },
      ],
      ['if (host.includes("@")) return', "if (false) return", "a user in an address is kept, and matches nothing"],
      [
        "/\\\\|\\/\\/|%(2[ef]|5c|25)|\\/\\.{1,2}(\\/|$)/i",
        "/\\\\|\\/\\/|%(2[ef]|5c)|\\/\\.{1,2}(\\/|$)/i",
        "a base path is read differently by servers",
      ],
      [
        "const wildcard = /^[^.]*\\*[^.]*\\../.test(host)",
        "const wildcard = /^[^.]*\\*/.test(host)",
        "`https://*` gives the credential to everybody",
      ],
      ['&& host.indexOf("*") === host.lastIndexOf("*")', "", "two stars are taken, and match nothing"],
      [
        "!(isLoopback(url.hostname) && !wildcard)",
        "!isLoopback(url.hostname)",
        "http://*.localhost counts as this machine",
        { accepted: "with a letter in the place of the star no host is one of loopback" },
      ],
      [
        "cert, key = cert, insecureSkipVerify",
        "cert, key, insecureSkipVerify",
        "MLflow's client certificate in one file has no key",
      ],
      ["return [...new Set(names)];", "return names;", "a plugin that is named twice is asked twice"],
      [
        "if (instance === undefined || instance.entries[group] !== undefined) return undefined;",
        "return undefined;",
        "a plugin in a list that it can't serve ends in a TypeError",
      ],
      ["if (disabled.has(name)) {", "if (false) {", "a name of an instance that is not enabled is told as unknown"],
      [
        "if (first === undefined || able.length < 2) return;",
        "return;",
        "of several plugins that could authenticate chance decides",
      ],
    ],
  ),

  // What the environment fills
  ...faultsIn(
    "core/src",
    ["core/interpolate", "core/broken-files", "core/load-config", "core/plugin-options", "core/messages"],
    [
      ['text[found - 1] === "$"', "false", "`$${` is taken for a variable"],
      [
        "found > at && text[found - 1]",
        "text[found - 1]",
        "the second of two variables is taken for a plain text where the first ends in a dollar",
        { accepted: "a reference ends with a brace, so that no dollar can stand between" },
      ],
      ['value !== undefined && value !== ""', "value !== undefined", "an empty variable fills a field with nothing"],
      ["usedDefault = true;", "usedDefault = false;", "a credential as a default in the file is not warned of"],
      [
        "whole: found === 0 && at === text.length",
        "whole: found === 0",
        "a text that begins with a variable is read as a boolean",
      ],
      [
        "    .toUpperCase()\n",
        "",
        "a credential in a variable with small letters fills an address, and is printed",
        { tests: ["core/secret-variables"] },
      ],
      [
        "(?:TOKEN|SECRET|PASSWORD)|",
        "(?:TOKEN|PASSWORD)|",
        "a credential in a variable named SECRET fills an address, and is printed",
        { tests: ["core/secret-variables"] },
      ],
      [
        'replaceAll(/(?<![^_])KEY_VAULT(?![^_])/g, "")',
        'replaceAll(/never/g, "")',
        "a variable about Azure's key vault is taken for a secret",
        { tests: ["core/secret-variables"] },
      ],
      [
        "words.slice(last).some(",
        "words.some(",
        "a credential in a variable such as HOST_PASSWORD fills an address, and is printed",
        { tests: ["core/secret-variables"] },
      ],
      [
        "last !== -1 && !words.slice(last).some((word) => otherWord.test(word))",
        "last !== -1",
        "the name of a secret can't fill a field",
        { tests: ["core/secret-variables"] },
      ],
      [
        "for (const name of found) fallbacks.add(name);",
        "for (const name of found) named.add(name);",
        "what a secret only falls back to is no surprise any more",
      ],
      [
        "for (const name of found) fallbacks.add(name);",
        "fallbacks.add(found[0] as string);",
        "a program under exec gets the secret under its older name",
      ],
      [
        "for (const name of interpolations.get(place)?.variables ?? []) named.add(name);",
        "",
        "a program under exec gets the credential that the file takes from `${NAME}`",
      ],
      [
        'if (typeof env === "string") named.add(env);',
        "",
        "a program under exec gets the credential that only the plugin needs",
      ],
      ["if (gone !== undefined) removed.set(place, gone);", "", "under two execs a plugin is inactive without a word"],
      ["part.cut || holdsReference(fallback)", "holdsReference(fallback)", "a token goes out with a brace behind it"],
      [
        "part.cut || holdsReference(fallback)",
        "part.cut",
        "a variable in a default that nothing closes is sent as it stands",
      ],
      [
        "if (name === undefined || !applies(pointer)) continue;",
        "continue;",
        "a credential fills an address, and is printed",
      ],
      [
        'env[name] !== undefined && env[name] !== "");',
        "env[name] !== undefined);",
        "an empty variable of a vendor beats the next one",
      ],
      [
        'if (schema["x-value"] === "secret") return { env: name };',
        "",
        "a secret of a vendor's variable stands in the options as a text",
      ],
      [
        "isLiteral(data: unknown, interpolation: Interpolation | undefined): boolean {\n  return",
        "isLiteral(data: unknown, interpolation: Interpolation | undefined): boolean {\n  if (data !== 1) return false;\n  return",
        "a credential that stands in the file is not warned of",
      ],
      [
        "const base = fromEnvironment.has(pointer) ? options.cwd : options.folder;",
        "const base = options.cwd;",
        "a path in the file is looked for where the program was started",
      ],
      [
        "return Object.freeze(object);\n}\n\n/** `secret`",
        "return object;\n}\n\n/** `secret`",
        "a plugin changes the options of another",
      ],
    ],
  ),

  // Slips in the file's YAML
  ...faultsIn(
    "core/src",
    ["core/syntax-cause", "core/broken-files"],
    [
      ["if (dollar !== undefined) return { offset: dollar, message: UNQUOTED };", "", "nothing is said of quotes"],
      ["if (open !== undefined && open.offset < at) return open;", "", "a brace is missed on a line that is not there"],
      [
        "error.pos[0] < earliest.pos[0]",
        "error.pos[0] > earliest.pos[0]",
        "what follows from a slip is told in its place",
      ],
      [" || found?.message === QUOTE) return found;", ") return found;", "a bracket is blamed for a quote"],
      ["if (depth > MAX_DEPTH) return undefined;", "", "a file that is nested deeply ends the program"],
      ["source.length > 1 && source.endsWith", "source.endsWith", "a quote alone counts as closed"],
      ['if (value[0] === "$") judgeBare(value, pointer);', "", "`$NAME` is sent as a credential"],
      ["|| env[name] === undefined) return;", ") return;", "a text with a dollar is refused"],
    ],
  ),
  ...faultsIn(
    "core/src/config",
    ["core/load-config"],
    [
      ["?? otherForm(key, known)", "", "who writes uri in the short form is not told trackingUri"],
      [
        'by === "" ? "credentials would travel"',
        'true ? "credentials would travel"',
        "the file is blamed for a variable's value",
      ],
    ],
  ),
];
