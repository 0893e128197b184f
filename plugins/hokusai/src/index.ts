/** MLflow behind Hokusai's proxy: the entry points that package.json names, and the registration of models without MLflow. */
import { anonymous, credentialProvider, type Factory, type ProviderRequest } from "@mlflow-auth/core/plugin";
import { isDirect, reads } from "./access.js";
import { continuing } from "./continuing.js";
import { fetchKey, isAbsence, keyNeeded } from "./fetch-secret.js";
import type { HokusaiOptions } from "./generated/options.js";
import { createMock } from "./mock.js";
import { createRewrite } from "./paths.js";

export { type Baseline, type BaselineSettings, type RegisteredBaseline, registerBaseline } from "./baseline.js";

/** The key of all requests; none for reads with direct access where there is none. */
export const createRequestAuthProvider: Factory<"mlflow.request_auth_provider", HokusaiOptions> = async (
  options,
  context,
) => {
  const keyed = await credentialProvider<HokusaiOptions>(fetchKey)(options, context);
  const dispatch = options.mock ? createMock(context) : continuing(options, context);

  /** Where there is no key at all. One that can't be read is a failure, also of a read. */
  function without(thrown: unknown, request: ProviderRequest): typeof anonymous {
    if (!isAbsence(thrown) || !isDirect(request.url, options)) throw thrown;
    if (reads(request)) return anonymous;
    throw keyNeeded(request, context);
  }

  return {
    getAuth(request) {
      const given = keyed.getAuth(request);
      return given instanceof Promise ? given.catch((thrown: unknown) => without(thrown, request)) : given;
    },
    invalidate: keyed.invalidate,
    isPermissionDenial: (body) => body.includes('"REGISTRY_ADMIN_REQUIRED"'),
    rewrite: createRewrite(options),
    ...dispatch,
  };
};
