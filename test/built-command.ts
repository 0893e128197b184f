/** The command as it is published: bundled, and from what has been compiled last. */
import { fileURLToPath } from "node:url";
import { bundleCommand, isBundleFresh } from "../scripts/bundle.ts";

if (!isBundleFresh()) await bundleCommand();

/** The file to start it by. */
export const builtCommand = fileURLToPath(new URL("../cli/bin/mlflow-auth.js", import.meta.url));
