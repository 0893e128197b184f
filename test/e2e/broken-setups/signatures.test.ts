import { brokenSignatures } from "./setups/signatures.ts";
import { suiteOf } from "./table.ts";

const { test } = await suiteOf({ name: "broken where requests are signed", needs: ["moto"] }, brokenSignatures);
test.run();
