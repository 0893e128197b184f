import { brokenEnvironments } from "./setups/environment.ts";
import { brokenFiles } from "./setups/file.ts";
import { brokenPlugins } from "./setups/plugins.ts";
import { suiteOf } from "./table.ts";

const { test } = await suiteOf("broken before anything is sent", brokenFiles, brokenEnvironments, brokenPlugins);
test.run();
