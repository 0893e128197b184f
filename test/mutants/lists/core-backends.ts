/** Faults in what core has for plugins: tries, certificates, corporate proxies. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // What a request carries through a corporate proxy, and beside another credential
  ...faultsIn(
    "core/src",
    ["test/transport/http-proxy", "test/transport/two-locks"],
    [
      [
        "headers: null, [sent]: options.headers",
        "[sent]: options.headers",
        "a credential in Proxy-Authorization can't be used behind a corporate proxy",
      ],
      ["headers: (options as Sent)[sent]", "headers: {}", "behind a corporate proxy every request goes bare"],
      [
        "return new ServerPool(origin, { ...given, connect: reading(connector) });",
        "return new Pool(origin, { ...given, connect: reading(connector) });",
        "behind a corporate proxy every request goes bare",
      ],
      ["proxyTunnel: true,", "proxyTunnel: false,", "a corporate proxy reads the credential for an http server"],
      [
        "for (const name of server.headers) {",
        "for (const name of server.headers.slice(0, 1)) {",
        "of two keys of a front one is sent",
      ],
      [
        'typeof auth === "symbol" ? none : auth.headers',
        "none",
        "a front's credential is left out, and it refuses everything",
      ],
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
        "if (told !== undefined && clock.now() < told.until) return told.answer;",
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
      ["const last = once || ", "const last = ", "what can as well be done next time holds up requests"],
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
        "servers === undefined && !isPrivate(url) && !allowInsecure",
        "false",
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
      [
        "const env = direct ? {} : options.env;",
        "const env = options.env;",
        "the identity of a machine is asked for at the corporate proxy",
        { tests: ["core/http-client"] },
      ],
      ["networks.check(address, familyOf(address))", "false", "NO_PROXY with a network is passed over"],
      ["Number(bits) <= longest", "true", "an entry of NO_PROXY that is wrong ends the process"],
      ['env["no_proxy"] ?? env["NO_PROXY"] ?? ""', 'env["no_proxy"] ?? ""', "NO_PROXY is passed over"],
    ],
  ),
  ...faultsIn(
    "core/src/connection/http-client.ts",
    ["core/http-client"],
    [
      [
        'tlsNames?.ca || ("ca" in settings ? tlsOwner.names.ca : undefined)',
        "tlsOwner.names.ca",
        "a user looks for a TLS option that the plugin does not have",
      ],
      ["|| told.has(logger)", "", "a proxy that is not followed is warned of by each plugin"],
      ["timedOut || !isTls ? ignoredFor(url) : undefined", "undefined", "why a store is not reached stays in the dark"],
      [
        "connectionCause(reason, also)",
        "connectionCause(reason)",
        "a plugin's own words hide a proxy that is not followed",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/doctor/passed-proxy.ts",
    ["cli/doctor"],
    [
      [
        "if (ignored !== undefined) {",
        "if (false) {",
        "doctor says nothing of ALL_PROXY where only a proxy knows the server",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/connection",
    ["test/transport/named-authorities"],
    [
      ["HASHED.test(name)", "true", "every certificate of a folder is trusted"],
      [
        "named.why === undefined || last?.pem === undefined",
        "named.why === undefined",
        "a bundle for other programs that is not there stops all servers",
      ],
      [
        'if (/^(?:self-signed|untrusted)$/.test(connectionFailureOf(error).kind ?? ""))',
        "if (false)",
        "nobody hears which variable was meant for a certificate",
      ],
      ["new X509Certificate(pem);", "", "a bundle without a certificate makes a client that trusts nobody"],
    ],
  ),
  ...faultsIn(
    "core/src/config/servers.ts",
    ["test/transport/named-authorities"],
    [
      [
        'caFrom?.startsWith("MLFLOW_") ? undefined : caFrom',
        "caFrom",
        "MLflow's own variable is passed over where its file is gone",
      ],
    ],
  ),
];
