/** Who a session belongs to, by the claims of its token. */
import type { DescopeOptions } from "./generated/options.js";

/** Claims of a token, as its JSON has them. */
export type Claims = Readonly<Record<string, unknown>>;

/** A user or, where an access key logs in, a machine. Texts are empty where the session does not say. */
export interface Identity {
  readonly userId: string;
  readonly username: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  /** Ids. */
  readonly tenants: readonly string[];
}

/**
 * Reads the claims of a token that has been validated. What is not of its claim's type counts as not there.
 *
 * @param options the username is that claim, else `email`, else `sub`
 */
export function identityOf(claims: Claims, { usernameClaim }: Pick<DescopeOptions, "usernameClaim">): Identity {
  const text = (name: string) => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    // As it is: without its spaces it would be another user's.
    return typeof value === "string" && value.trim() !== "" ? value : "";
  };
  const list = (name: string) => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    const items = Array.isArray(value) ? value.filter((item) => typeof item === "string" && item.trim() !== "") : [];
    return Object.freeze([...new Set(items as string[])]);
  };
  const tenants = Object.hasOwn(claims, "tenants") ? claims["tenants"] : undefined;
  const isMap = typeof tenants === "object" && tenants !== null && !Array.isArray(tenants);
  return Object.freeze({
    userId: text("sub"),
    username: text(usernameClaim) || text("email") || text("sub"),
    email: text("email"),
    name: text("name"),
    roles: list("roles"),
    permissions: list("permissions"),
    tenants: Object.freeze(isMap ? Object.keys(tenants).filter((id) => id.trim() !== "") : []),
  });
}
