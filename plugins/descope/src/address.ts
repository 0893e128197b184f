/** Where Descope is. */
import type { DescopeOptions } from "./generated/options.js";

/** Behind the `P` of a project's id stands its region, where it is not the first one, and then this many characters. */
const ID = 27;

/** Without a slash at its end. As the SDK does: https://github.com/descope/descope-js, core-js-sdk/src/httpClient/urlBuilder.ts */
export function addressOf({ baseUrl, projectId }: Pick<DescopeOptions, "baseUrl" | "projectId">): string {
  if (baseUrl !== undefined) return baseUrl.replace(/\/$/, "");
  const region = projectId.slice(1, -ID);
  return `https://api.${region === "" ? "" : `${region}.`}descope.com`;
}
