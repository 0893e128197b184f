/** Imported for its effect, ahead of what loads undici. */
import { MlflowAuthError } from "./errors/mlflow-auth-error.js";
import { nodeTooOld } from "./node-version.js";

const fault = nodeTooOld();
if (fault !== undefined) throw new MlflowAuthError("NODE_VERSION", fault, { remedy: "install a newer Node" });
