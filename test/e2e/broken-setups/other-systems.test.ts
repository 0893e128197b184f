import { brokenSystems } from "./setups/other-systems.ts";
import { brokenWithoutFile } from "./setups/without-file.ts";
import { suiteOf } from "./table.ts";

const { test } = await suiteOf("broken with other systems, and without a file", brokenSystems, brokenWithoutFile);
test.run();
