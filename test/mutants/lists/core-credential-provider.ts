/** Faults in what core makes of a plugin that is one function, and of its backend's answers. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "core/src/provider/credential-provider.ts",
    ["core/credential-provider"],
    [
      [
        'if (kind === "unauthorized") secrets.invalidate(key(request));\n        else ',
        "",
        "a secret that a 401 refused goes on being used in an outage",
      ],
      [
        'if (kind === "unauthorized") secrets.invalidate',
        "if (true) secrets.invalidate",
        "a 403 that has to do with something else drops the secret in an outage",
      ],
      ["Math.min(Math.max(ttl, TTL.shortest), TTL.longest)", "ttl", "a ttl of 0 asks the backend with every request"],
      ["        asking = request;\n", "", "the fetch does not know for which request"],
      [
        "secrets.get(key(request), fetched",
        'secrets.get("credential", fetched',
        "two audiences are given one credential",
      ],
      ["time > 0 && time < SECONDS_BELOW", "false", "an end in seconds makes every credential one that has expired"],
      ["return { value, lease };", "return { value };", "a secret is used beyond its lease"],
      ["...(expiresAt !== undefined && { expiresAt }),", "", "a credential that has ended is not asked for anew"],
      [
        'typeof value === "string" ? new Secret(value) : value',
        "value",
        "a header that a plugin gives as text is printed where headers are",
      ],
      [
        'credential.kind === "user" ? "basic" : "bearer"',
        '"bearer"',
        "a user and a password are refused unless the file says how they are sent",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/connection",
    ["core/refusal", "core/retries", "core/http-client"],
    [
      ["remedies[code] ?? remedy", "remedy", "the vendor's own remedy is not shown"],
      [
        "status === 408 || status === 425 || status >= 500",
        "status >= 500",
        "an outage is told as one that somebody must put right",
      ],
      ["isSecret(value) ? value.reveal() : value]", "value]", "a backend gets [secret] for a token"],
      [
        "const told = quiet.get(origin);",
        "const told = [...quiet.values()][0];",
        "one backend that is busy silences another",
      ],
    ],
  ),
];
