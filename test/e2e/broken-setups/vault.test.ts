import { brokenLogins } from "./setups/vault-logins.ts";
import { brokenSecrets } from "./setups/vault-secrets.ts";
import { suiteOf } from "./table.ts";

const { test } = await suiteOf("broken at Vault", brokenLogins, brokenSecrets);
test.run();
