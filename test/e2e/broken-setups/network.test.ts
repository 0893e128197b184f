import { brokenNetworks } from "./setups/network.ts";
import { brokenTls } from "./setups/tls.ts";
import { suiteOf } from "./table.ts";

const { test } = await suiteOf("broken on the way to the server", brokenNetworks, brokenTls);
test.run();
