import { brokenLogins } from "./setups/mlflow-login.ts";
import { suiteOf } from "./table.ts";

const { test } = await suiteOf({ name: "broken at MLflow's own login", needs: ["mlflow-login"] }, brokenLogins);
test.run();
