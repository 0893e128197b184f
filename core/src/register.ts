/**
 * `node --import @mlflow-auth/core/register app.js`: every fetch and undici request of the program, unchanged, carries the
 * credentials of the listed servers. An invalid file stops the process before the program starts, with exit code 3.
 */
import { nodeTooOld } from "./node-version.js";
import { globalDispatchers, lockGlobalDispatchers } from "./transport/global-dispatcher.js";

const tooOld = nodeTooOld();
if (tooOld !== undefined) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(2);
}

// Before undici is loaded: loading it sets the dispatcher that is missing.
const present = globalDispatchers();

const [{ loadConfig }, { openAuthorizer }, { formatError, isMlflowAuthError }, { createInterceptor }] =
  await Promise.all([
    import("./load-config.js"),
    import("./open-authorizer.js"),
    import("./errors/mlflow-auth-error.js"),
    import("./transport/interceptor.js"),
  ]);

try {
  const authorizer = await openAuthorizer(await loadConfig({ optionName: undefined }));
  await lockGlobalDispatchers(present, createInterceptor(authorizer));
} catch (thrown) {
  if (!isMlflowAuthError(thrown)) throw thrown;
  process.stderr.write(`${formatError(thrown)}\n`);
  process.exit(3);
}
