/** Faults in what is kept of a secret, and for how long. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // The secret cache
  ...faultsIn(
    "core/src",
    ["core/cache", "core/cache-ends", "core/cache-outages", "core/refresh", "core/outage"],
    [
      [
        "if (entry.present && now < entry.freshUntil && !expired(entry)) {",
        "if (entry.present && now <= entry.freshUntil && !expired(entry)) {",
        "a secret is used past its time",
      ],
      ["now < entry.freshUntil && !expired(entry)) {", "now < entry.freshUntil) {", "a token is sent past its `exp`"],
      [
        "if (now >= entry.refreshAt && mayFetch(entry, now)) {",
        "if (false) {",
        "every few minutes a request waits for the store",
      ],
      [
        "if (now >= entry.refreshAt && mayFetch(entry, now)) {",
        "if (mayFetch(entry, now)) {",
        "every request fetches in the background",
      ],
      ["now >= entry.refreshAt", "now > entry.refreshAt", "a secret is fetched anew a moment later than drawn"],
      [
        "start(key, entry, fetch, policy).catch(() => undefined);\n        entry.ahead = true;",
        "start(key, entry, fetch, policy);\n        entry.ahead = true;",
        "a store that is down ends the process",
      ],
      [
        "        entry.ahead = true;\n      }\n      return",
        "      }\n      return",
        "a secret that ends while its successor is on the way holds up requests",
      ],
      [
        "if (entry.ahead && usableStale(entry, now)) return",
        "if (entry.ahead) return",
        "a secret is used past its lease, because a slow fetch is under way",
      ],
      [
        "if (entry.failure !== undefined && usableStale(entry, now)) {",
        "if (false) {",
        "in an outage every request waits for the time-out of the store",
      ],
      [
        "if (mayFetch(entry, now)) start(key, entry, fetch, policy).catch(() => undefined);",
        "",
        "after an outage the old secret is used to its end",
      ],
      ["now < entry.failure.until) {", "false) {", "an outage of the store is hammered with one fetch a request"],
      [
        "const flight = entry.flight ?? start(",
        "const flight = start(",
        "ten thousand requests make ten thousand fetches",
      ],
      [
        "if (entry.suspected || !usableStale(entry, now)) return flight",
        "if (!usableStale(entry, now)) return flight",
        "after a 403 the old secret is served while the new one is on its way",
        { accepted: "`untilSlow` looks at the doubt itself, and waits for the new one" },
      ],
      ["if (entries.size >= CAPACITY) ", "if (false) ", "a plugin with a key per request fills the memory"],
      ["const CAPACITY = 1_000", "const CAPACITY = 999", "a key is forgotten early"],
      ["entries.keys().next().value", "[...entries.keys()].at(-1)", "the newest key is forgotten, not the oldest"],
      [
        "if (entries.get(key) === entry) keep(entry, fetched, policy);",
        "keep(entry, fetched, policy);",
        "a fetch that began before a 401 brings the refused secret back",
        { accepted: "what was invalidated is another entry: to keep in the old one changes nothing that anybody asks" },
      ],
      ["        entry.flight = undefined;\n", "", "a failed fetch is the last one"],
      [
        "        entry.ahead = false;\n      }\n    })",
        "      }\n    })",
        "a secret is used past its time without waiting for the next",
      ],
      [
        "if (entries.get(key) !== entry || entry.suspected || !usableStale(entry, clock.now())) return;",
        "",
        "a secret that was refused, or has ended, while somebody waits is handed out",
      ],
      [
        "if (entries.get(key) !== entry || entry.suspected",
        "if (entry.suspected",
        "a secret that a 401 refused while somebody waits is handed out",
      ],
      [
        "|| entry.suspected || !usableStale(entry, clock.now())) return;",
        "|| !usableStale(entry, clock.now())) return;",
        "a secret that a 403 cast doubt on while somebody waits is handed out",
      ],
      [
        "|| entry.suspected || !usableStale(entry, clock.now())) return;",
        "|| entry.suspected) return;",
        "a secret whose time ends while somebody waits is handed out",
      ],
      [
        "const PATIENCE = 500",
        "const PATIENCE = 5_000",
        "a slow store holds requests up for seconds, though the old secret would do",
      ],
      [
        "flight.then(resolve, reject).finally(() => timer.cancel());",
        "flight.then(resolve, reject);",
        "each fetch leaves a timer behind",
      ],
      [
        "const ttl = Math.min(policy.ttl ?? DEFAULTS.ttl, lease);",
        "const ttl = policy.ttl ?? DEFAULTS.ttl;",
        "a secret is used past its lease",
      ],
      [
        "Math.min(ttl + (policy.maxStale ?? DEFAULTS.maxStale), lease)",
        "ttl + (policy.maxStale ?? DEFAULTS.maxStale)",
        "in an outage a secret is used past its lease",
      ],
      ["(REFRESH_FROM + random() * REFRESH_SPREAD)", "REFRESH_FROM", "a fleet fetches at the same moment"],
      ["const REFRESH_FROM = 0.8", "const REFRESH_FROM = 0.5", "secrets are fetched more often than need be"],
      ["const REFRESH_SPREAD = 0.15", "const REFRESH_SPREAD = 0.5", "some of a fleet never fetch ahead, and wait"],
      [
        "ttl: 300_000, maxStale: 0",
        "ttl: 3_000_000, maxStale: 0",
        "without a policy a rotation is noticed after an hour",
      ],
      [
        "ttl: 300_000, maxStale: 0",
        "ttl: 300_000, maxStale: 300_000",
        "without a policy a secret is used past its time in an outage",
      ],
      ["entry.expiresAt = endOf(fetched);", "", "a token is sent past its `exp`"],
      [
        'typeof value.expiresAt === "number" ? Math.min(expiresAt, value.expiresAt) : expiresAt',
        "expiresAt",
        "a credential that ends within its ttl fails every request until that is over",
      ],
      ['|| !("headers" in value)', "", "an expiresAt in seconds, of no credential, makes every fetch fail"],
      [
        "if (end <= clock.wallTime()) throw",
        "if (false) throw",
        "a token that has ended is fetched for every request, and the plugin is blamed",
      ],
      [
        "    entry.failure = undefined;\n    entry.suspected = false;",
        "    entry.suspected = false;",
        "after an outage each failure waits longer, and the old error comes back",
      ],
      ["    entry.suspected = false;\n  }", "  }", "after one 403 nobody is served ahead or in an outage again"],
      ["if (!transient) entry.present = false;", "", "a secret to which access was taken away is used on"],
      ["isMlflowAuthError(error) && error.transient;", "true;", "a secret to which access was taken away is used on"],
      ["before * 2, LONGEST", "FIRST, LONGEST", "an outage of the store is hammered once a second"],
      ["LONGEST = 30_000", "LONGEST = 300_000", "after an outage programs stay broken for minutes"],
      ["FIRST = 1_000", "FIRST = 100", "an outage of the store is hammered ten times a second"],
      [
        "if (entries.get(key) !== entry || !usableStale(entry, now)) throw error;",
        "if (!usableStale(entry, now)) throw error;",
        "a secret that a 401 refused serves in an outage",
      ],
      ["    onStale?.(error);\n", "", "nobody hears that an old secret is used"],
      [
        "(entry.failure === undefined || now >= entry.failure.until);",
        "true;",
        "in an outage every request fetches in the background",
      ],
      [
        "entry.present && now < entry.staleUntil && !expired(entry);",
        "entry.present && now <= entry.staleUntil && !expired(entry);",
        "in an outage a secret is used past maxStale",
      ],
      [
        "entry.present && now < entry.staleUntil && !expired(entry);",
        "entry.present && now < entry.staleUntil;",
        "in an outage a token is sent past its `exp`",
      ],
      [
        "!(clock.wallTime() < entry.expiresAt);",
        "!(clock.now() < entry.expiresAt);",
        "a token is sent past its `exp`, for the wrong clock is read",
      ],
      [
        "!(clock.wallTime() < entry.expiresAt);",
        "clock.wallTime() > entry.expiresAt;",
        "a token is sent at the moment of its `exp`",
      ],
      ["      entries.delete(key);\n    },\n    expire", "    },\n    expire", "a refused secret is sent again"],
      [
        "entry.freshUntil = Math.min(entry.freshUntil, clock.now());",
        "",
        "after a 403 a rotated secret is not fetched",
      ],
      ["      entry.suspected = true;\n", "", "after a 403 the old secret is served while the new one is on its way"],
    ],
  ),
];
