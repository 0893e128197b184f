/** A user as a store of users keeps one. */
import type { DescopeOptions } from "./generated/options.js";
import { type Claims, identityOf } from "./identity.js";
import { isAdmin } from "./permission-level.js";

/** The options that decide. Defaults: `sub`; `admin` and `mlflow-admin`. */
export type UserOptions = Partial<Pick<DescopeOptions, "usernameClaim" | "adminRoles">>;

/** Named as the rows of MLflow's own store and its answers are. Texts are empty where the token does not say. */
export interface StoredUser {
  readonly username: string;
  readonly email: string;
  readonly display_name: string;
  readonly is_admin: boolean;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly user_id: string;
}

/**
 * The user whose token it is.
 *
 * @param claims of a token that has been validated: nothing is validated here, and anybody can write claims
 */
export function userFromToken(
  claims: Claims,
  { usernameClaim = "sub", adminRoles = ["admin", "mlflow-admin"] }: UserOptions = {},
): StoredUser {
  const identity = identityOf(claims, { usernameClaim });
  const { username, email, name, roles, permissions, userId } = identity;
  return {
    username,
    email,
    display_name: name || username,
    is_admin: isAdmin(identity, adminRoles),
    roles,
    permissions,
    user_id: userId,
  };
}
