/** Faults in what the plugin of Azure reads, and in what it tells of what it can't read. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Azure: what is read
  ...faultsIn(
    "plugins/azure/src",
    ["plugins/azure/secrets"],
    [
      ["if (notBefore && notBefore.getTime() > now)", "if (false)", "a secret is used before its time"],
      ["if (expiresOn && expiresOn.getTime() <= now)", "if (false)", "a secret that ended is told in general words"],
      ["...(expiresOn && { expiresAt: expiresOn })", "", "a secret is used beyond its own end"],
      ["const now = context.clock.wallTime();", "const now = Date.now();", "time comes from another clock than core's"],
      ["certificateKeyId ||", "false ||", "the private key of a certificate is sent to MLflow"],
      ["x-(?:pkcs12|pem-file)$/i", "x-(?:pem-file)$/i", "the private key of a certificate is sent to MLflow"],
      ["...(version !== undefined && { version })", "", "the newest version is read in place of the one that is named"],
    ],
  ),
  ...faultsIn(
    "plugins/azure/src",
    ["plugins/azure/faults"],
    [
      [
        'if (fault.code === "SECRET_NOT_FOUND" && (await isDeleted(client))) throw',
        "if (false) throw",
        "a secret that can be recovered is told as one that never was",
      ],
      [
        '|| inner === "SecretDisabled"',
        "",
        "a disabled secret is told as a missing permission",
        {
          accepted: "the vault says it in words as well",
        },
      ],
      ["/disabled secret/i.test(message) ||", "", "a disabled secret is told as a missing permission by older vaults"],
      [
        "if (/expired/i.test(`${inner} ${message}`)) return hasExpired",
        "if (false) return hasExpired",
        "a secret that ended is told as a missing permission",
      ],
      [
        "public network access|",
        "",
        "a closed vault is told as a missing permission",
        {
          accepted: "the vault speaks of private links as well",
        },
      ],
      [
        "client address|",
        "",
        "a firewall is told as a missing permission",
        {
          accepted: "the vault speaks of trusted services as well",
        },
      ],
      [
        'inner === "ForbiddenByRbac" ||',
        "false ||",
        "a missing role is told as a missing policy",
        {
          accepted: "the vault says it in words as well",
        },
      ],
      ['kind !== "unknown-host"', "true", "a vault that does not exist is told in general words"],
      ["|| !hasDates(attributes)", "", "an answer with a date that is none is a defect of the plugin"],
      [
        'if (!isSecret || typeof value === "string") return undefined;',
        "if (!isSecret || value !== null) return undefined;",
        "an answer without a value is an empty secret",
      ],
      [
        'if (told.code === "") return notAVault(answer, options);',
        "",
        "a proxy's page is told as a missing permission",
      ],
      ["if (status >= 300 && status < 400) {", "if (false) {", "a redirect is told in general words"],
      ['"accept-encoding": _, ', "", "Azure packs its answers, and none is understood"],
    ],
  ),
  ...faultsIn(
    "plugins/azure/src",
    ["plugins/azure/login-faults"],
    [
      ["if (codes.test(number)) return", "if (false) return", "every refused login is told alike"],
      [
        'typeof first === "number" ? String(first) :',
        "",
        "a number that stands in a list alone is not told",
        { accepted: "it stands in the text as well" },
      ],
      [
        '(/AADSTS(\\d{4,8})/.exec(String(told))?.[1] ?? "")',
        '""',
        "a number that stands in the text alone is not told",
      ],
      [
        '(!asksForToken || typeof body?.["access_token"] === "string")',
        "true",
        "a page of a proxy is told as a wrong login",
      ],
      [
        "if (status === 429 || status === 408 || status >= 500 || isSetUp) {",
        "if (isSetUp) {",
        "an outage of the login is told as a wrong login",
      ],
      ["if (isMlflowAuthError(thrown)) last = thrown;", "", "a login that can't be reached is told as a wrong one"],
      [
        "http.forgetFault();",
        "",
        "a login that failed once is blamed for what comes later",
        {
          accepted: "a login that failed is forgotten as a whole, and of one that works the next is asked first",
        },
      ],
    ],
  ),
  ...faultsIn(
    "plugins/azure/src",
    ["plugins/azure/quiet", "plugins/azure/contract"],
    [
      [
        "if (underWay.get(logger) === 0) log.apply(logger, given);",
        "log.apply(logger, given);",
        "the SDK prints into a program's log",
      ],
      [
        "if (underWay.get(logger) === 0) log.apply(logger, given);",
        "",
        "a program's own use of the SDK is silenced for good",
      ],
      [
        "const loggers: SdkLogger[] = [AzureLogger, TypeSpecRuntimeLogger];",
        "const loggers: SdkLogger[] = [AzureLogger];",
        "a part of the SDK prints into a program's log",
      ],
      ["agent: new Agent(),", "", "the SDK makes an agent for a proxy, and prints of it"],
      [
        'proxyOptions: { host: "http://proxy.invalid", port: 1 },',
        "",
        "a proxy in process.env that can't be read ends every fetch",
      ],
    ],
  ),
];
