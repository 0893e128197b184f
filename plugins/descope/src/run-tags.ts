/** Who made a run, as its tags: the names of Descope's own plugin for MLflow. */
import type { Identity } from "./identity.js";

/** What the session does not say is left out. Lists have commas between their items. */
export function runTags(identity: Identity): Readonly<Record<string, string>> {
  const { userId, username, email, name, roles, permissions, tenants } = identity;
  const tags = {
    "descope.user_id": userId,
    "descope.username": username,
    "descope.email": email,
    "descope.name": name,
    "descope.roles": roles.join(","),
    "descope.permissions": permissions.join(","),
    "descope.tenants": tenants.join(","),
  };
  return Object.fromEntries(Object.entries(tags).filter(([, value]) => value !== ""));
}
