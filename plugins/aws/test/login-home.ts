/** A home folder with the profiles of a user of AWS. */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const ROLE = "arn:aws:iam::111122223333:role/reader";

export interface LoginHome {
  readonly path: string;
  write(name: string, text: string): string;
  /** The token that `aws sso login` leaves for a session or an address. */
  ssoToken(session: string, token: Record<string, unknown>): void;
  readSsoToken(session: string): Record<string, unknown>;
  remove(): void;
}

/**
 * Profiles `team` (SSO by a session), `old` (SSO without one), `pod` (web identity) and `there` (keys that nobody checks, in a region
 * of its own). SSO is in another region.
 */
export function createLoginHome(): LoginHome {
  const path = mkdtempSync(join(tmpdir(), "aws-home-"));
  const cache = join(path, ".aws", "sso", "cache");
  mkdirSync(cache, { recursive: true });
  const place = (session: string) => join(cache, `${createHash("sha1").update(session).digest("hex")}.json`);
  const sso = "sso_account_id = 111122223333\nsso_role_name = reader";
  const start = "sso_region = us-east-1\nsso_start_url = https://team.awsapps.com/start";
  const config = [
    `[profile team]\nsso_session = team\n${sso}`,
    `[sso-session team]\n${start}\nsso_registration_scopes = sso:account:access`,
    `[profile old]\n${sso}\n${start}`,
    "[profile there]\nregion = sa-east-1\naws_access_key_id = none\naws_secret_access_key = none",
    `[profile pod]\nrole_arn = ${ROLE}\nweb_identity_token_file = ${join(path, "token")}`,
  ];
  const home: LoginHome = {
    path,
    write(name, text) {
      const file = join(path, name);
      writeFileSync(file, text);
      return file;
    },
    ssoToken: (session, token) => writeFileSync(place(session), JSON.stringify(token)),
    readSsoToken: (session) => JSON.parse(readFileSync(place(session), "utf8")),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
  home.write(".aws/config", `${config.join("\n")}\n`);
  return home;
}
