/** A user as a store of users keeps one. */
import { MlflowAuthError } from "@mlflow-auth/core/plugin";
import type { DescopeOptions } from "./generated/options.js";
import { type Claims, type Identity, identityOf } from "./identity.js";
import { isAdmin } from "./permission-level.js";

/** The options that decide. Defaults: `sub`; `admin` and `mlflow-admin`. */
export type UserOptions = Partial<Pick<DescopeOptions, "usernameClaim" | "adminRoles">>;

/** Named as the rows of MLflow's own store and its answers are. Texts are empty where the token does not say. */
export interface StoredUser extends Pick<Identity, "username" | "email" | "roles" | "permissions"> {
  readonly display_name: string;
  readonly is_admin: boolean;
  readonly user_id: string;
}

/**
 * The user whose token it is.
 *
 * @param claims of a token that has been validated: nothing is validated here, and anybody can write claims
 * @throws MlflowAuthError `USAGE` for claims that name nobody, and for what are no claims, such as the token itself
 */
export function userFromToken(
  claims: Claims,
  { usernameClaim = "sub", adminRoles = ["admin", "mlflow-admin"] }: UserOptions = {},
): StoredUser {
  const areClaims = typeof claims === "object" && claims !== null && !Array.isArray(claims);
  const identity = identityOf(areClaims ? claims : {}, { usernameClaim });
  const { username, email, name, roles, permissions, userId } = identity;
  // In a store all of them would be one user.
  if (username === "") {
    throw new MlflowAuthError(
      "USAGE",
      `userFromToken was given ${areClaims ? "claims that name nobody" : "no claims"}`,
      {
        remedy: "give it the claims of a token that has been validated, as an object with sub",
      },
    );
  }
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
