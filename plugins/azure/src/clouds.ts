/**
 * Microsoft's clouds: where the vaults of each are, and where one logs in for them. Sources:
 * https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates (vaults),
 * https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud (logins).
 */

/** A cloud with a login of its own. */
export interface Cloud {
  readonly name: string;
  /** The domain of its vaults. */
  readonly vaults: string;
  /** Where one logs in. */
  readonly authority: string;
  /** All host names of that login, the one that Microsoft's libraries prefer among them. */
  readonly logins: readonly string[];
}

const clouds: readonly [Cloud, ...Cloud[]] = [
  {
    name: "Azure",
    vaults: "vault.azure.net",
    authority: "https://login.microsoftonline.com",
    logins: ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
  },
  {
    name: "Azure China",
    vaults: "vault.azure.cn",
    authority: "https://login.chinacloudapi.cn",
    logins: ["login.chinacloudapi.cn", "login.partner.microsoftonline.cn"],
  },
  {
    name: "Azure US Government",
    vaults: "vault.usgovcloudapi.net",
    authority: "https://login.microsoftonline.us",
    logins: ["login.microsoftonline.us", "login.usgovcloudapi.net"],
  },
];

/** Where one logs in for a vault. */
export interface Authority {
  /** Scheme and host, and a port where it is not 443. */
  readonly origin: string;
  /** Whether it is the login of one of Microsoft's clouds; another is not looked for in their directory. */
  readonly cloud: Cloud | undefined;
}

/** @param authorityHost in place of that of the vault's cloud */
export function authorityOf(vaultUrl: string, authorityHost: string | undefined): Authority {
  if (authorityHost === undefined) {
    const { hostname } = new URL(vaultUrl);
    const cloud = clouds.find(({ vaults }) => hostname.endsWith(`.${vaults}`)) ?? clouds[0];
    return { origin: cloud.authority, cloud };
  }
  const { origin, hostname } = new URL(authorityHost);
  return { origin, cloud: cloudOfLogin(hostname) };
}

/** The cloud that a host is the login of, a regional one such as `westeurope.login.microsoft.com` included. */
export function cloudOfLogin(hostname: string): Cloud | undefined {
  return clouds.find(({ logins }) => logins.some((login) => hostname === login || hostname.endsWith(`.${login}`)));
}

/** Whether a URL is where one logs in: that host, or another name of the same cloud's login. */
export function isLogin(url: URL, { origin, cloud }: Authority): boolean {
  if (url.origin === origin) return true;
  return cloud !== undefined && url.protocol === "https:" && url.port === "" && cloudOfLogin(url.hostname) === cloud;
}
