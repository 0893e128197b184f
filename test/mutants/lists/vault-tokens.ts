/** Faults in the life of Vault's tokens, and what its refusals mean. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
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

  // Vault: wrapped secret ids, and no login
  ...faultsIn(
    "plugins/vault/src",
    ["plugins/vault/fake-vault"],
    [
      [
        "if (kept?.token.equals(token)) return kept.secretId;",
        "",
        "a second login needs another wrapping token, which nobody has put there",
      ],
      [
        "if (kept?.token.equals(token)) return kept.secretId;",
        "if (kept !== undefined) return kept.secretId;",
        "a new wrapping token is not looked at",
      ],
      [
        'if (!makesSecretIds(field(field(looked.body, "data"), "creation_path"), place)) throw anothers();',
        "",
        "what somebody took out and wrapped anew is believed",
      ],
      [
        'group === "role" &&',
        "",
        "any call of an auth method may have made the wrapping token",
        { accepted: "no other call of AppRole ends so; the name is looked at for methods that are still to come" },
      ],
      ["method.endsWith(`/auth/${mount}`)", "true", "another method's secret id is exchanged, and lost"],
      ['if (auth?.method === "none") return noLogin;', "", "behind an agent a token is looked for, and sent"],
      [': "http://localhost",', ": options.address,", "a Unix socket can't be asked"],
      ["/^unix:\\/\\/(\\/.+)$/i", "/^unix:\\/(\\/.+)$/i", "a Unix socket is looked for elsewhere"],
    ],
  ),

  // Vault: the place first, then the policy
  ...faultsIn(
    "plugins/vault/src",
    ["plugins/vault/fake-vault"],
    [
      [
        "if (path !== mount && !path.startsWith(`${mount}/`)) return undefined;",
        "return undefined;",
        "the mount in the path is answered with a policy for the slip",
      ],
      [
        "if (path !== mount && !path.startsWith(`${mount}/`)) return undefined;",
        "if (!path.startsWith(mount)) return undefined;",
        "a path whose first word begins as the mount does is called a slip",
      ],
      ['rest.replace(/^data(\\/|$)/, "")', "rest", "the path that is proposed has the data/ of the HTTP API"],
      [
        'const bare = (answer.status === 403 && told === "permission denied")',
        "const bare = false",
        "that no agent added a token is told as a missing policy",
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
        '"see Vault\'s log, and `vault status`", true)',
        '"see Vault\'s log, and `vault status`", false)',
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
];
