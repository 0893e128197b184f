/** Faults in how Vault's plugin comes to a secret, and what goes out on the way. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Vault: which login, and what becomes of the secret
  ...faultsIn(
    "plugins/vault/src",
    ["plugins/vault/login", "plugins/vault/fake-vault", "plugins/vault/logins"],
    [
      [
        'const named = auth?.token ?? variable("VAULT_TOKEN", context);',
        'const named = variable("VAULT_TOKEN", context) ?? auth?.token;',
        "an ambient token beats the one in the file",
      ],
      [
        "env[name]?.trim() ? environmentSource",
        "env[name] !== undefined ? environmentSource",
        "an empty VAULT_TOKEN keeps AppRole from being used",
      ],
      [
        "auth === undefined && roleId && secretId !== undefined",
        "roleId && secretId !== undefined",
        "a login that the file names is not used where the environment has an AppRole",
      ],
      [
        "if (reading.answer.status === 403 && login.forget(token))",
        "if (false)",
        "a login that Vault revoked is used until the program ends",
      ],
      [
        "if (reading.answer.status === 403 && login.forget(token))",
        "if (login.forget(token))",
        "each fetch logs in twice",
      ],
      [
        "  await login.renewIfDue();\n",
        "",
        "a login ends in the middle of a long training run",
        { tests: ["plugins/vault/token-life"] },
      ],
      [
        "context.clock.now() - started)",
        "0)",
        "a secret is used after its lease, for the fetch's own time is not taken off",
      ],
      [
        "Math.max(0, seconds * 1000 - elapsed)",
        "seconds * 1000 - elapsed",
        "a lease that ended on the way counts as negative",
      ],
      ["seconds * 1000 - elapsed", "seconds - elapsed", "a lease of minutes ends in milliseconds"],
      ['ignored: ["ttl"]', "ignored: []", "a version 1 secret with a lease has no only field"],
    ],
  ),

  // Vault: KV engines of either version
  ...faultsIn(
    "plugins/vault/src",
    ["plugins/vault/fake-vault", "plugins/vault/faults"],
    [
      [
        "if (reading.answer.status !== 404) return reading;",
        "return reading;",
        "a mount that was changed is not found until the program ends",
      ],
      [
        "      known = undefined;\n    }\n    const asked",
        "    }\n    const asked",
        "a mount that was changed is asked at its old place first, each time",
        { accepted: "what is known is set anew in the same call" },
      ],
      [
        "known = layoutOf(asked.body, configured);",
        "const known = layoutOf(asked.body, configured);",
        "the mount is asked with each fetch",
      ],
      [
        "return two.answer.status === 403 || isDeleted(two.answer) ? two : one;",
        "return isDeleted(two.answer) ? two : one;",
        "a missing policy is told as a missing secret",
      ],
      [
        "return two.answer.status === 403 || isDeleted(two.answer) ? two : one;",
        "return two.answer.status === 403 ? two : one;",
        "a deleted version is told as a missing secret",
      ],
      [
        "return two.answer.status === 403 || isDeleted(two.answer) ? two : one;",
        "return two;",
        "a missing policy of a version 1 mount is told as a missing secret",
      ],
      ["if (one.fields !== undefined) return one;", "", "a version 1 mount behind a strict proxy is never read"],
      [
        "two.fields !== undefined || wanted !== undefined",
        "two.fields !== undefined",
        "another version than the pinned one is used",
      ],
      [
        "if (wanted !== undefined && layout.version === 1) return reading;",
        "",
        "another version than the pinned one is used",
      ],
      ["`?version=${wanted}`", '""', "another version than the pinned one is used"],
      ['layout.path.replace(/^data\\/+(?=.)/, "")', "layout.path", "a path that was copied from the API is not found"],
      ['=== "2" ? 2 : 1', '=== "2" ? 2 : 2', "a version 1 mount is read as version 2"],
      [
        'path.split("/").map(encodeURIComponent).join("/")',
        "path",
        "a secret whose name has a question mark is another one",
      ],
      [
        "asked.status === 404 || asked.status === 405;",
        "asked.status === 404;",
        "behind a proxy that answers 405 no secret is found",
        {
          accepted:
            "no proxy is known that does and passes the rest; the status is kept for what Vault's own documents name",
        },
      ],
      [
        "(asked.status === 403 && !isInvalidToken(asked))",
        "asked.status === 403",
        "an ended token is told as a missing policy",
        { accepted: "the secret is asked for then, and that answer is the same" },
      ],
    ],
  ),

  // Vault: what goes out
  ...faultsIn(
    "plugins/vault/src",
    ["plugins/vault/boundaries", "plugins/vault/fake-vault"],
    [
      ['vault.token = "";', "", "an ambient token of another Vault goes out"],
      ['vault.namespace = options.namespace ?? "";', "", "an ambient namespace of another Vault goes along"],
      ['vault.pathPrefix = "";', "", "an ambient prefix changes every path"],
      ["debug: () => undefined,", "", "the secret id is printed where DEBUG is set"],
      [
        "(response !== undefined) return { status",
        "(false) return { status",
        "Vault's own words, which may quote a request, come out",
      ],
      ['...(token === undefined ? {} : { "X-Vault-Token": token })', "", "every request is denied"],
      [
        '{ "X-Vault-Request": "true",',
        "{",
        "Vault's agent refuses every request",
        { tests: ["plugins/vault/boundaries", "plugins/vault/fake-vault", "plugins/vault/login"] },
      ],
      [
        'request: { path: "" }',
        "request: { path: uri }",
        "a denied secret whose name holds sys/health counts as read",
        { tests: ["plugins/vault/faults", "plugins/vault/fake-vault", "plugins/vault/options"] },
      ],
    ],
  ),
];
