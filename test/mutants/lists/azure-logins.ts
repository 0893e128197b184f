/** Faults in how the plugin of Azure logs in, and whom it sends a token. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Azure: who gets a token
  ...faultsIn(
    "plugins/azure/src",
    ["plugins/azure/challenges"],
    [
      [
        "const fault = challengeFault(",
        "const fault = ((..._: unknown[]) => undefined)(",
        "a vault gets whatever token it asks for",
      ],
      [
        "url.origin === `https://${domainOf(vault)}`",
        "`.${vault}`.endsWith(`.${url.hostname}`)",
        "a vault gets a token for half of the world",
      ],
      ["/^\\/?(?:\\.default)?$/.test(url.pathname) && ", "", "a vault gets a token for a part of a resource"],
      [
        ": loginFault(value, authority, context);",
        ": undefined;",
        "a vault that names a login of its own is sent a token",
      ],
      [
        'url.protocol === "https:" && url.port === "" && cloudOfLogin',
        "cloudOfLogin",
        "a login on another port counts as Microsoft's",
      ],
      [
        "hostname === login || hostname.endsWith(`.${login}`)",
        "hostname.startsWith(login)",
        "a host that begins like Microsoft's login counts as it",
      ],
      [
        "const other = cloud === authority.cloud ? undefined : cloud;",
        "const other = undefined;",
        "a vault of another cloud is not told as such",
      ],
      [
        "if (!isIdentity && !isLogin(url, authority)) throw elsewhere(url, context);",
        "",
        "a client secret goes to whatever host a login names",
      ],
      [
        "if (url.origin !== vault) throw elsewhere(url, context);",
        "",
        "a request leaves the vault",
        {
          accepted: "the SDK follows no redirect, and knows no other address",
        },
      ],
      [
        "redirectOptions: { maxRetries: 0 },",
        "",
        "a redirect is followed",
        {
          accepted: "its answer is thrown as a fault before the SDK sees it",
        },
      ],
      [
        "retryOptions: { maxRetries: 0 },",
        "",
        "what core tried three times is tried again",
        {
          accepted: "its answer is thrown as a fault that the SDK does not try again",
        },
      ],
      [
        "disableInstanceDiscovery: cloud === undefined",
        "disableInstanceDiscovery: false",
        "a private cloud's login is looked for at Microsoft",
      ],
      [
        "clouds.find(({ vaults }) => hostname.endsWith(`.${vaults}`)) ?? clouds[0]",
        "clouds[0]",
        "a vault of another cloud is logged in for in the wrong one",
      ],
      [
        'if (fault !== undefined || (asked !== "" && !headers.has("authorization"))) return fault;',
        "if (fault !== undefined) return fault;",
        "no vault is ever read, for its first answer counts as a refusal",
      ],
      ["return isContinued(asked) ? undefined : errorOf(", "return errorOf(", "a vault can't ask for a fresh token"],
      ["/AKV10032|issuer/i.test(message)", "false", "a login of another tenant is told as a wrong clock"],
    ],
  ),

  // Azure: who the plugin is
  ...faultsIn(
    "plugins/azure/src",
    ["plugins/azure/logins"],
    [
      ['if (auth.method !== "default") return auth;', "", "ambient variables beat the login that the file names"],
      [
        "!chosen || chosen === group || chosen === name.toLowerCase()",
        "true",
        "AZURE_TOKEN_CREDENTIALS is passed over",
      ],
      ["...(password && locked) };", "};", "a certificate with a passphrase can't be used by default"],
      ["...(password && { certificatePassword: password })", "", "a certificate with a passphrase can't be used"],
      ["if (held?.of !== of) {", "if (held === undefined) {", "a secret that was replaced is used once more"],
      [
        'if ("tenantId" in login && login.tenantId && tenant &&',
        "if (tenant === '' &&",
        "a vault of another tenant is told in general words",
      ],
      [
        'code === "LOGIN_FAILED" || code === "SECRET_SOURCE") connection',
        "false) connection",
        "a login that is not accepted any more is used again and again",
      ],
      [
        'if (isNew || code !== "LOGIN_FAILED") throw thrown;',
        "throw thrown;",
        "a request fails each time that a login ends",
      ],
      [
        'if (isNew || code !== "LOGIN_FAILED") throw thrown;',
        "",
        "a wrong secret is shown to the login twice",
        { tests: ["plugins/azure/login-faults"] },
      ],
      ["if (/could not be found/.test(told)) {", "if (false) {", "a missing command is told as a login that ended"],
      [
        'if (method === "default" && !told?.transient) return',
        "if (false) return",
        "where there is nothing to log in with, the last that was asked is blamed",
      ],
      ['if (method === "client-certificate") {', "if (false) {", "a broken certificate file is not named"],
      [
        "processTimeoutInMs: LONGEST_COMMAND,\n        ...(login",
        "...(login",
        "a command that hangs is waited for without end",
        { accepted: "no test waits ten seconds for a command" },
      ],
    ],
  ),
  ...faultsIn(
    "plugins/azure/src",
    ["plugins/azure/managed-identity"],
    [
      [
        "if (client !== undefined) return client.sendRequest(request);",
        "",
        "the identity of a machine is asked for past the rules for proxies",
      ],
      [
        "return await askingThrough(httpClient, async () => await credential.getToken(scopes, asked));",
        "return await credential.getToken(scopes, asked);",
        "the identity of a machine is asked for past the rules for proxies",
      ],
      [
        "delete request.agent;",
        "",
        "a program's own login goes through a proxy that is none",
        {
          accepted: "Node's own agent serves as well",
        },
      ],
      [
        "allowInsecure: true, direct: true",
        "direct: true",
        "no identity of a machine can be had",
        { accepted: "loopback, where tests are, is private by itself" },
      ],
      ["...named.filter((origin) => origin !== undefined)", "", "the identity of an app or a pod can't be had"],
      [
        "...(clientId && { clientId }), sendProbeRequest",
        "sendProbeRequest",
        "AZURE_CLIENT_ID does not name the identity of the machine",
      ],
      [
        'if (method === "default" && !told?.transient) return',
        'if (method === "default") return',
        "an identity that is throttled is told as none",
      ],
      [
        "...(login.clientId !== undefined && { clientId: login.clientId })",
        "...{}",
        "the machine's own identity is taken in place of the one that the file names",
      ],
      [
        'login && (method === "managed-identity" || method === "default") ? silent(login) : login',
        "login",
        "a machine without an identity is told as an outage",
      ],
      ['|| reason === "TimeoutError"', "", "so is one where nothing answers at all"],
      [
        "const isSetUp = isIdentity && (status === 404 || status === 410);",
        "const isSetUp = false;",
        "an identity that is being set up fails for good",
      ],
      [
        "if (isIdentity) return errorOf(noIdentity(status), context);",
        "",
        "a missing identity is told as a wrong secret",
      ],
    ],
  ),
];
