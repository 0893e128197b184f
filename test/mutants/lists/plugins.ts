/** Faults in the vendors' plugins, and in what core has for all of them. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Vault: which login, and what becomes of the secret
  ...faultsIn(
    "plugins/vault/src",
    ["plugins/vault/login", "plugins/vault/fake-vault", "plugins/vault/logins"],
    [
      [
        'kind === "unauthorized" ? context.secrets.invalidate("secret") : context.secrets.expire("secret")',
        'context.secrets.invalidate("secret")',
        "a 403 that has to do with something else drops the secret in an outage of Vault",
      ],
      [
        'kind === "unauthorized" ? context.secrets.invalidate("secret") : context.secrets.expire("secret")',
        'context.secrets.expire("secret")',
        "a secret that a 401 refused goes on being used in an outage of Vault",
      ],
      ["Math.min(Math.max(ttl, TTL.shortest), TTL.longest)", "ttl", "a ttl of 0 asks Vault with every request"],
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
        { accepted: "the cache reads 0 and less alike: the value is not fresh, and never stale" },
      ],
      ["seconds * 1000 - elapsed", "seconds - elapsed", "a lease of minutes ends in milliseconds"],
      [
        "named === undefined && hasSecretFields(fields)",
        "hasSecretFields(fields)",
        "secret.field is passed over where there is a token, too",
      ],
      ['.filter((name) => name !== "ttl")', "", "a version 1 secret with a lease has no only field"],
      [
        "const chosen = named ?? (names.length === 1 ? only : undefined);",
        "const chosen = named ?? only;",
        "of several fields the first is sent as the credential",
      ],
      [
        '(/^[A-Za-z][A-Za-z_.-]{0,29}\\d{0,2}$/.test(name) ? name : "…")',
        "name",
        "a credential in the place of a field's name is printed",
      ],
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

  // Vault: the life of tokens
  ...faultsIn(
    "plugins/vault/src",
    ["plugins/vault/token-life"],
    [
      ["const DUE = 2 / 3", "const DUE = 1", "a token is renewed when it has ended"],
      ["const DUE = 2 / 3", "const DUE = 1 / 3", "a token is renewed twice as often as need be"],
      [
        'const limited = Number(field(auth, "num_uses") ?? 0) > 0;',
        "const limited = false;",
        "a renewal takes one of the uses that a token has",
        { tests: ["plugins/vault/login", "plugins/vault/token-life"] },
      ],
      ["Math.min(seconds, LONGEST_LIFE) * 1000", "seconds * 1000", "a life without measure is renewed without pause"],
      ["renewed.span < life.span / 2 ?", "false ?", "near its max_ttl a token is renewed over and over, and ends"],
      [
        "if (renewed.endsAt === Infinity) return { ...life, renewable: false };",
        "",
        "a token that ended counts as one without an end",
      ],
      [
        "if (answer.status === 400 || answer.status === 403) return",
        "if (answer.status === 400) return",
        "a renewal that the policy forbids is tried for ever",
      ],
      [
        '  } catch {\n    return "unreachable";',
        "  } catch (error) {\n    throw error;",
        "a renewal that does not get through ends the process",
      ],
      [
        "Math.min(Math.max(0, time - clock.now()), LONGEST_TIMER)",
        "Math.max(0, time - clock.now())",
        "a token of two months is looked after without pause",
        { accepted: "core's own clock cuts longer timers, too, and who is reminded too early asks again" },
      ],
      [
        "closed || time === Infinity ? undefined :",
        "time === Infinity ? undefined :",
        "a closed provider goes on renewing",
      ],
      [
        "if (held !== undefined && clock.now() < held.endsAt) return held.token;",
        "if (held !== undefined) return held.token;",
        "a login that has ended is used on",
      ],
      [
        "flight ??= logIn()",
        "flight = logIn()",
        "many requests at once make as many logins, of a secret id that is good for one",
        { tests: ["plugins/vault/login", "plugins/vault/logins", "plugins/vault/contract"] },
      ],
      [".finally(() => (flight = undefined));", ";", "a login that failed is never tried again"],
      [
        "held = postponed(life, clock.now());\n      const longer",
        "const longer",
        "a token that is due is renewed by every caller",
      ],
      [
        "if (held?.token === life.token) held = longer;",
        "held = longer;",
        "a login that was given up meanwhile comes back",
        {
          accepted:
            "a fetch between the two reads with the newer login anyway, and the older one is refused and forgotten",
        },
      ],
      [
        "if (served === undefined || !served.equals(token)) {",
        "if (false) {",
        "a token that took the place of another is renewed before it has served",
      ],
      ["if (warned || left <= 0) return;", "if (left <= 0) return;", "the end of a token is told with every fetch"],
      [
        'const span = Math.max(left, milliseconds(field(data, "creation_ttl")));',
        "const span = left;",
        "a given token of which nothing is left is not renewed at once",
      ],
    ],
  ),

  // Vault: what its refusals mean
  ...faultsIn(
    "plugins/vault/src",
    ["plugins/vault/faults"],
    [
      ["/sealed/i.test(told) && status >= 500", "false", "a sealed Vault is told as one that fails"],
      ["status === 307 || status === 308 ||", "", "a standby is told as another address"],
      [
        '"see Vault\'s log, and vault status", true)',
        '"see Vault\'s log, and vault status", false)',
        "a short outage of Vault ends the use of the secret",
      ],
      [
        '"wait, or have the rate limit quota raised", true)',
        '"wait, or have the rate limit quota raised", false)',
        "a rate limit of Vault ends the use of the secret",
      ],
      [
        "if (answer.status === 403 && isInvalidToken(answer)) {",
        "if (false) {",
        "an ended token is told as a missing policy",
      ],
      [
        'field(metadata, "destroyed") === true',
        "false",
        "a version that is gone for good is told as one that can be brought back",
      ],
      [
        "!Object.hasOwn(value, name)) return undefined;",
        "false) return undefined;",
        "a property of every object is taken for Vault's answer",
        { accepted: "no field of Vault's has the name of a property that every object has" },
      ],
      ["if (status >= 300 && status < 400) {", "if (false) {", "a redirect is told as an unknown answer"],
    ],
  ),

  // Vault: what goes out
  ...faultsIn(
    "plugins/vault/src",
    ["plugins/vault/boundaries", "plugins/vault/fake-vault"],
    [
      [
        'vault.token = "";',
        "",
        "an ambient token of another Vault goes out",
        { accepted: "each request names its token itself, and a login is judged by the secret id" },
      ],
      ['vault.namespace = options.namespace ?? "";', "", "an ambient namespace of another Vault goes along"],
      ['vault.pathPrefix = "";', "", "an ambient prefix changes every path"],
      ["debug: () => undefined,", "", "the secret id is printed where DEBUG is set"],
      [
        "(response !== undefined) return { status",
        "(false) return { status",
        "Vault's own words, which may quote a request, come out",
      ],
      ['...(token === undefined ? {} : { "X-Vault-Token": token.reveal() })', "", "every request is denied"],
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

  // Datadog
  ...faultsIn(
    "plugins/datadog/src",
    ["plugins/datadog/datadog"],
    [
      ["const REREAD = 300_000", "const REREAD = 30_000_000", "a rotated key is picked up after hours"],
      ["!requireModelLab || isTruthy(", "isTruthy(", "no key is sent outside of Datadog's model lab"],
      ["!requireModelLab || isTruthy(", "true || isTruthy(", "keys are sent where the tracer would send none"],
      [
        "if (!sameKeys(headers, last)) last = Object.freeze(headers);",
        "last = Object.freeze(headers);",
        "headers are composed anew though no key changed",
      ],
      ["names.every((name) => b[name]?.equals(a[name] as Secret) === true)", "true", "a rotated key is never sent"],
      ["enabled && apiKey !== undefined", "enabled", "without a key every request fails"],
      [
        'headers["DD-APPLICATION-KEY"] = await',
        'headers["DD-API-KEY"] = await',
        "the application key is sent as the API key",
      ],
      [
        "headerValue(await source.read(), {",
        "((secret: Secret, _: unknown) => secret)(await source.read(), {",
        "a key with a line end is refused when it is sent",
      ],
      ["/^(?:1|true|yes|on)$/i", "/^(?:1|true|yes|on)/i", "`once` switches on"],
    ],
  ),

  // What core has for plugins: tries, certificates, corporate proxies
  ...faultsIn(
    "core/src",
    ["core/retries"],
    [
      ["const TRIES = 3", "const TRIES = 30", "a store that is down is hammered"],
      ["const TRIES = 3", "const TRIES = 1", "a store that restarts fails requests"],
      [
        "if (quiet !== undefined && clock.now() < quiet.until) return quiet.answer;",
        "",
        "a store that asks to be left alone is asked on",
      ],
      ["Math.min(asked, LONGEST_QUIET)", "asked", "a store that asks for a day is not asked for a day"],
      [
        "Math.min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)",
        "FIRST_WAIT",
        "tries come too fast one after the other",
      ],
      ["(1 - JITTER + 2 * JITTER * random())", "1", "many clients come back at the same moment"],
      ["asked > LONGEST_SITTING ||", "", "a request waits for minutes because a store asks for it"],
      ["clock.now() + wait >= end", "false", "tries go on beyond ten seconds"],
      ['only === "once" ||', "", "what can as well be done next time holds up requests"],
      [
        "if (last || closed || !mayHelp(outcome)) return settled(outcome);",
        "if (last || closed) return settled(outcome);",
        "a denial is asked for three times",
      ],
      [
        "outcome.answer.status === 429 || outcome.answer.status >= 500",
        "outcome.answer.status >= 500",
        "a rate limit fails a request that would pass in a moment",
      ],
      ["&& !connectionFailureOf(outcome.error).isTls", "", "a wrong certificate is looked at three times"],
      ["for (const done of [...waits]) done();", "", "a program does not end while a store is waited for"],
      ["Number(header) * 1000", "Number(header)", "a store's wait in seconds is read as milliseconds"],
      [
        "Date.parse(header) - clock.wallTime()",
        "Date.parse(header) - clock.now()",
        "a store's wait as a date is read as fifty years",
      ],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["core/tls-files", "core/http-client", "core/no-proxy"],
    [
      [
        "last.ca === pems.ca && last.cert === pems.cert && last.key === pems.key",
        "last.ca === pems.ca",
        "a renewed client certificate is not used",
      ],
      ["if (last !== undefined && last.ca === pems.ca", "if (last !== undefined", "a renewed authority is not used"],
      [
        "if (ca !== undefined) new X509Certificate(ca);",
        "",
        "a file without a certificate makes a client that trusts nobody",
      ],
      [
        "if (!isPrivate(url) && !allowInsecure) {",
        "if (false) {",
        "a login goes to a store in the clear",
        { tests: ["plugins/vault/boundaries"] },
      ],
      ["if (length > LONGEST_ANSWER) {", "if (false) {", "a store's answer without end fills the memory"],
      [
        "if (isLoopback(hostname)) return undefined;\n  const variable",
        "const variable",
        "requests to this machine leave it by the corporate proxy",
        { tests: ["core/no-proxy", "test/transport/http-proxy"] },
      ],
      ["networks.check(address, familyOf(address))", "false", "NO_PROXY with a network is passed over"],
      ["Number(bits) <= longest", "true", "an entry of NO_PROXY that is wrong ends the process"],
      ['env["no_proxy"] ?? env["NO_PROXY"] ?? ""', 'env["no_proxy"] ?? ""', "NO_PROXY is passed over"],
    ],
  ),
];
