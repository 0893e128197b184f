/** What requests are signed for: a service in a region, and what goes along with each. */
import type { PluginContext } from "@mlflow-auth/core/plugin";
import type { Sigv4Options } from "./generated/options.js";
import { isSageMakerHost, sageMakerMlflow } from "./sagemaker.js";

/** What a signature is valid for. */
export interface SigningTarget {
  readonly service: string;
  readonly region: string;
  /** Sent, and signed, with every request. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `API.execute-api.REGION.amazonaws.com`, that of a VPC endpoint, and function URLs of Lambda. */
const REGION_IN_HOST =
  /\.(?:execute-api|lambda-url)\.([a-z]{2,}(?:-[a-z]+)+-\d+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;

/**
 * @returns what tells the target of a request. @param otherwise the region where neither the options nor the host say one.
 *   @throws MlflowAuthError `WRONG_VALUE`, `SECRET_SOURCE`: the request can't be signed
 */
export function createTargets(options: Pick<Sigv4Options, "service" | "region" | "arn">, context: PluginContext) {
  const { service = "execute-api", arn } = options;
  const sageMaker = arn === undefined ? undefined : sageMakerMlflow(arn);

  return ({ hostname, origin }: URL, otherwise: string | undefined): SigningTarget => {
    if (sageMaker !== undefined) {
      if (!isSageMakerHost(hostname) || hostname === sageMaker.host) {
        return { service: sageMaker.service, region: sageMaker.region, headers: { [sageMaker.header]: sageMaker.arn } };
      }
      throw context.error("WRONG_VALUE", `\`arn\` is of ${sageMaker.region}, and ${origin} is not where that is`, {
        remedy: `list the server https://${sageMaker.host}, or correct arn: ${sageMaker.arn}`,
      });
    }
    if (isSageMakerHost(hostname)) {
      throw context.error(
        "WRONG_VALUE",
        `${origin} is SageMaker's, and no \`arn\` says which of its MLflows is meant`,
        {
          remedy: "set arn to that of the tracking server: aws sagemaker list-mlflow-tracking-servers",
        },
      );
    }
    const [, there] = REGION_IN_HOST.exec(hostname) ?? [];
    const region = options.region ?? there ?? otherwise;
    if (region === undefined) {
      throw context.error("SECRET_SOURCE", `nothing says in which region ${origin} is`, {
        remedy: "set region (or AWS_REGION)",
      });
    }
    if (there !== undefined && region !== there) {
      throw context.error("WRONG_VALUE", `\`region\` is ${region}, and ${origin} is in ${there}`, {
        remedy: `set region to ${there}, or leave it out`,
      });
    }
    return { service, region, headers: {} };
  };
}
