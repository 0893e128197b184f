/** Who asks, as headers: the names of Descope's own plugin for MLflow. */
import type { PluginContext, ProviderHeaders } from "@mlflow-auth/core/plugin";
import type { Identity } from "./identity.js";

/**
 * Values are ASCII: what is not, `%` itself, and a space at either end, which HTTP drops, is percent-encoded UTF-8, so that whoever decodes
 * gets the very text. In lists, which have commas between their items, the comma of an item is encoded, too: no item can pass for two, and
 * ` admin` not for `admin`. What the session does not say is left out.
 *
 * @throws MlflowAuthError `HEADER_INVALID` for a control character, such as a line break, which would end the header
 */
export function identityHeaders(identity: Identity, context: PluginContext): ProviderHeaders {
  const { userId, username, email, roles, permissions, tenants } = identity;
  const list = (items: readonly string[]) => items.map((item) => item.replaceAll(/[%,]|^ +| +$/g, encodeURIComponent));
  const text = (value: string) => value.replaceAll(/%|^ +| +$/g, encodeURIComponent);
  const values: Record<string, string> = {
    "X-Descope-User-ID": text(userId),
    "X-Descope-Username": text(username),
    "X-Descope-Email": text(email),
    "X-Descope-Roles": list(roles).join(","),
    "X-Descope-Permissions": list(permissions).join(","),
    "X-Descope-Tenants": list(tenants).join(","),
  };
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== "") headers[name] = asciiOf(value, name, context);
  }
  return headers;
}

function asciiOf(value: string, name: string, context: PluginContext): string {
  if (/\p{Cc}/u.test(value) || !value.isWellFormed()) {
    throw context.error("HEADER_INVALID", `a claim for the header ${name} holds characters that no header can carry`, {
      remedy: "take the control character, such as a line break, out of what Descope has about the user",
    });
  }
  return value.replaceAll(/[^\x20-\x7e]+/g, encodeURIComponent);
}
