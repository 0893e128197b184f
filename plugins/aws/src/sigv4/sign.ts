/** From a request to its signature. */
import { type PluginContext, type ProviderHeaders, Secret, type SignableRequest } from "@mlflow-auth/core/plugin";
import { readQuery } from "./canonical-query.js";
import type { SigningKeys } from "./fetch-keys.js";
import { otherArnHeader } from "./sagemaker.js";
import type { SigningTarget } from "./target.js";

/** What a signature is made with. */
export interface SignSettings {
  readonly keys: SigningKeys;
  readonly target: SigningTarget;
  /** The server's time. */
  readonly date: Date;
}

/**
 * @returns the headers of AWS Signature Version 4
 * @throws MlflowAuthError `WRONG_VALUE` for an address that can't be signed, and for a header that leads to another of SageMaker's MLflows
 */
export async function sign(
  { method, path, headers, url, sha256 }: SignableRequest,
  { keys, target: { service, region, headers: more }, date }: SignSettings,
  context: PluginContext,
): Promise<ProviderHeaders> {
  const [{ SignatureV4 }, { Hash }] = await Promise.all([import("@smithy/signature-v4"), import("@smithy/core/serde")]);
  const at = path.indexOf("?");
  const query = readQuery(at === -1 ? "" : path.slice(at + 1));
  if (query === undefined) {
    throw context.error("WRONG_VALUE", `the query of a request to ${url.origin} holds what AWS can't sign`, {
      remedy: "let the client escape it as UTF-8",
    });
  }
  const stray = otherArnHeader(headers, more);
  if (stray !== undefined) {
    throw context.error(
      "WRONG_VALUE",
      `a client asks ${url.origin} with ${stray} for another MLflow than that of \`arn\``,
      {
        remedy: "have the client leave that header out, or correct arn",
      },
    );
  }
  const added: Record<string, string> = { ...more, "x-amz-content-sha256": await sha256() };
  const signer = new SignatureV4({ service, region, credentials: keys, sha256: Hash.bind(null, "sha256") });
  const { headers: signed } = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: at === -1 ? path : path.slice(0, at),
      query,
      headers: { ...signable(headers), ...added },
    },
    { signingDate: date },
  );
  const token = signed["x-amz-security-token"];
  return {
    Authorization: new Secret(signed["authorization"] as string),
    "X-Amz-Date": signed["x-amz-date"] as string,
    ...(token !== undefined && { "X-Amz-Security-Token": new Secret(token) }),
    ...added,
  };
}

/**
 * What is signed: what AWS wants to be, and nothing that those on the way may change. A client's own `X-Amz-…` are among it, such as
 * `X-Amz-Target`, which chooses the operation of some services: AWS takes none that is not signed, and botocore signs them, too.
 */
const SIGNED = /^(?:host|content-type|x-amz-.+)$/;
/** Those of the signature itself, which a client can't bring. */
const OWN = /^x-amz-(?:date|security-token|content-sha256)$/;

/** Names in lower case; several values of one name in their order, as AWS joins them. */
function signable(headers: SignableRequest["headers"]): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (!SIGNED.test(name) || OWN.test(name)) continue;
    all[name] = Object.hasOwn(all, name) ? `${all[name]},${value}` : value;
  }
  return all;
}
