/** Which of MLflow's permissions a user has by Descope's roles and permissions. Whoever serves MLflow enforces it; a client only shows it. */
import { MlflowAuthError } from "@mlflow-auth/core/plugin";
import type { DescopeOptions } from "./generated/options.js";
import type { Identity } from "./identity.js";

/** As MLflow's own permissions are called, the lowest first. */
export type PermissionLevel = "READ" | "EDIT" | "MANAGE";

/** The options that decide. */
export type PermissionOptions = Pick<DescopeOptions, "adminRoles" | "defaultPermission">;

const byPermission: readonly (readonly [permission: string, level: PermissionLevel])[] = [
  ["mlflow:manage", "MANAGE"],
  ["mlflow:edit", "EDIT"],
  ["mlflow:write", "EDIT"],
  ["mlflow:read", "READ"],
];

const byRole: readonly (readonly [role: string, level: PermissionLevel])[] = [
  ["mlflow-manager", "MANAGE"],
  ["mlflow-editor", "EDIT"],
  ["mlflow-viewer", "READ"],
];

/**
 * An administrator's role counts first, then the highest of the permissions, then the highest of the roles; else the default.
 *
 * @throws MlflowAuthError `USAGE` where a list is none
 */
export function permissionLevel(
  identity: Pick<Identity, "roles" | "permissions">,
  { adminRoles, defaultPermission }: PermissionOptions,
): PermissionLevel {
  const roles = listed(identity.roles, "roles");
  const permissions = listed(identity.permissions, "permissions");
  if (isAdmin(identity, adminRoles)) return "MANAGE";
  const [, level = defaultPermission] =
    byPermission.find(([permission]) => permissions.includes(permission)) ??
    byRole.find(([role]) => roles.includes(role)) ??
    [];
  return level;
}

/** Whether one of the roles is an administrator's. @throws MlflowAuthError `USAGE` where `adminRoles` is no list */
export function isAdmin({ roles }: Pick<Identity, "roles">, adminRoles: readonly string[]): boolean {
  const administrators = listed(adminRoles, "adminRoles");
  return roles.some((role) => administrators.includes(role));
}

/** A text has `includes`, too: in `admin,mlflow-admin` the role `min` would be found. */
function listed(value: readonly string[], name: string): readonly string[] {
  if (Array.isArray(value)) return value;
  throw new MlflowAuthError("USAGE", `${name} is no list`, { remedy: `give ${name} as an array of texts` });
}
