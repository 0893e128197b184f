/** Faults in what the plugin of Descope sends, believes and says. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Descope: which tokens are sent
  ...faultsIn(
    "plugins/descope/src",
    ["plugins/descope/tokens"],
    [
      ['if (header.alg !== "RS256")', 'if (header.alg === "none")', "Descope is asked for keys because of any token"],
      [
        'if (typeof header.kid !== "string" || header.kid === "")',
        "if (false)",
        "a token without a key id is told wrongly",
      ],
      ["if (claims.exp * 1000 <= now) throw", "if (false) throw", "a session is sent a few seconds after its end"],
      ['if (!isIssuedBy(claims["iss"], projectId))', "if (false)", "another project's session is sent"],
      ["currentDate: new Date(now)", "currentDate: new Date()", "time comes from another clock than core's"],
      ["clockTolerance: TOLERANCE", "clockTolerance: 0", "a session is refused for a clock that is a second apart"],
      ['requiredClaims: ["exp"]', "requiredClaims: []", "a session without an end is told wrongly, or sent"],
      ["...(audience !== undefined && { audience })", "...{}", "a session for something else is sent"],
      ['if (claims["drn"] === REFRESH_TOKEN) {', "if (false) {", "a refresh token is sent to MLflow"],
      ['if (claim === "aud") {', "if (false) {", "a wrong audience is told as a missing end"],
      ['if (code === "ERR_JWT_EXPIRED") throw', "if (false) throw", "a session that ended is told as garbage"],
      [
        "segments.slice(-2).includes(projectId)",
        "segments.includes(projectId)",
        "an issuer elsewhere passes",
        { tests: ["plugins/descope/sdk"] },
      ],
      [
        "transient: isFresh,\n    remedy: isFresh",
        "transient: false,\n    remedy: isFresh",
        "clocks that are apart stop all for good",
      ],
    ],
  ),
  // Descope: its keys
  ...faultsIn(
    "plugins/descope/src/key-set.ts",
    ["plugins/descope/key-set"],
    [
      ["const SPACING = 30_000", "const SPACING = 20_000", "unknown key ids cost three fetches a minute"],
      ["const SPACING = 30_000", "const SPACING = 60_000", "a rotated key is accepted after a minute"],
      ["const LONGEST_AGE = 3_600_000", "const LONGEST_AGE = 36_000_000", "a withdrawn key is believed for hours"],
      ["flight ??= fetch()", "flight = fetch()", "each caller fetches the keys"],
      ["if (flight === undefined && now - askedAt < SPACING) return;", "", "each unknown key id is a fetch"],
      [
        '...(set !== undefined && { tries: "once" as const })',
        "",
        "a failing Descope is asked three times for each unknown key id",
      ],
      ['kty === "RSA" &&', "", "keys that verify nothing are taken for keys"],
      ['alg === "RS256" &&', "", "a key for something else stands in the way of the next set"],
      ['&& use === "sig"', "", "a key for something else stands in the way of the next set"],
      ["[\\w-]{342,}", "[\\w-]+", "a key that is too short is told as a broken token"],
      ["({ kid, kty, n, e }) => ({ kid, kty, n, e })", "(key) => key", "what a set says beside a key breaks it"],
      ["usable.reverse()", "usable", "the second of two keys under one id is taken"],
      ["if (fault !== undefined) throw fault;", "", "a key set that can't be had is told as an unknown key"],
    ],
  ),
  // Descope: sessions
  ...faultsIn(
    "plugins/descope/src",
    ["plugins/descope/sessions"],
    [
      ["{ ttl: Number.POSITIVE_INFINITY }", "{ ttl: 300_000 }", "a session is renewed long before its end"],
      ["lease: expiresAt - clock.wallTime()", "lease: undefined", "a session is not renewed ahead of its end"],
      ["known.set(context, sessions);", "", "credential, headers and tags have a session each"],
      [
        'if (kind === "unauthorized") secrets.invalidate(KEY);',
        'if (kind === "unauthorized") return;',
        "a rejected session is sent again",
      ],
      ["if (accessKey !== undefined) return await exchanged(accessKey);", "", "an access key counts for nothing"],
      ["if (isKnown && refresh !== undefined) return undefined;", "", "a rejected session is sent again"],
      ["const next = last.then(fetch, fetch);", "const next = fetch();", "a refresh token is used twice at once"],
      ["if (refresh !== undefined) replaced =", "if (false) replaced =", "a refresh token is used twice"],
      [
        "replaced?.given.equals(given) === true",
        "replaced !== undefined",
        "a new refresh token in the file is not used",
      ],
      [
        'textOf(sessionJwt) ?? cookie("DS", cookies)',
        "textOf(sessionJwt)",
        "a project that answers in cookies can't be used",
      ],
      ["if (isKnown) warnOfEnd(found);", "if (isKnown) {}", "nobody is told that a session ends"],
      ["if (warned) return;", "", "the end of a session is told again and again"],
    ],
  ),
  // Descope: faults
  ...faultsIn(
    "plugins/descope/src",
    ["plugins/descope/faults"],
    [
      ["if (status !== 200) throw", "if (false) throw", "a refusal is told as an answer without a session"],
      ["if (context.signal.aborted) throw closed(context);", "", "a closed plugin blames Descope's answer"],
      ["if (!isAddress) throw noAddress(context);", "", "an address that is none is told as a broken token"],
      [
        "await ask(sdk, sendable.reveal())",
        "await ask(sdk, secret.reveal().trim())",
        "a key with a line break is told as a wrong address",
      ],
      ["if (thrown instanceof Refused) throw faultOf(thrown);", "", "a refusal is told as an answer without a session"],
      [
        "answer.status === 429 ? LIMIT : answer.status < 500",
        "answer.status < 500",
        "a limit is told as a wrong address",
      ],
    ],
  ),
  // Descope: who asks
  ...faultsIn(
    "plugins/descope/src",
    ["plugins/descope/identity"],
    [
      ["/\\p{Cc}/u.test(value) || ", "", "a line break in a name ends a header"],
      ["/[%,]|^ +| +$/g", "/[%]|^ +| +$/g", "a role with a comma passes for two"],
      ["/[%,]|^ +| +$/g", "/[%,]/g", "a role with a space before it passes for another"],
      ["/%|^ +| +$/g", "/%/g", "a user with a space behind the name passes for another"],
      [
        'value.trim() !== "" ? value : ""',
        "value.trim()",
        "a user with a line break behind the name passes for another",
      ],
      ['if (username === "") {', "if (false) {", "all whom a token does not name are one user of a store"],
      ["if (Array.isArray(value)) return value;", "return value;", "a part of an administrator's role is one"],
      ["/[^\\x20-\\x7e]+/g", "/[^\\x20-\\xff]+/g", "a header's bytes are read differently by the two sides"],
      ['filter(([, value]) => value !== "")', "filter(() => true)", "runs get empty tags"],
      ['text(usernameClaim) || text("email")', "text(usernameClaim)", "a user without that claim has the wrong name"],
      [
        "Object.hasOwn(claims, name) ? claims[name] : undefined;\n    // As",
        "claims[name];\n    // As",
        "a claim that is not the token's own is a name",
      ],
      [
        'Object.hasOwn(claims, "tenants") ? claims["tenants"] : undefined',
        'claims["tenants"]',
        "tenants that are not the token's own are named",
      ],
      ['if (isAdmin(identity, adminRoles)) return "MANAGE";', "", "an administrator is shown as a reader"],
      [
        "byPermission.find(([permission]) => permissions.includes(permission))",
        "undefined",
        "permissions count for nothing",
      ],
    ],
  ),
];
