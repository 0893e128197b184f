/** The one session of an instance, which its credential, its headers and its run tags have in common. */
import { type Auth, credentialHeaders, type InvalidationKind, type PluginContext } from "@mlflow-auth/core/plugin";
import { createTokenFetch } from "./fetch-secret.js";
import type { DescopeOptions } from "./generated/options.js";
import { type Identity, identityOf } from "./identity.js";

/** A session as the credential of requests, and whose it is. */
export interface Session extends Auth {
  readonly identity: Identity;
}

/** Whoever asks first begins the one fetch; all others wait for it. */
export interface Sessions {
  /**
   * At once and without a promise while there is one.
   *
   * @throws MlflowAuthError of the codes `LOGIN_FAILED`, `SECRET_*`
   */
  current(): Session | Promise<Session>;
  invalidate(kind: InvalidationKind): void;
}

const KEY = "session";
/** It is kept for as long as Descope grants, and renewed in the last fifth of that. */
const policy = { ttl: Number.POSITIVE_INFINITY };

/** Contexts are one per instance, and the same for all of its interfaces. */
const known = new WeakMap<PluginContext, Sessions>();

/** Those of the instance that the context belongs to. */
export function sessionsOf(options: DescopeOptions, context: PluginContext): Sessions {
  let sessions = known.get(context);
  if (sessions === undefined) {
    sessions = createSessions(options, context);
    known.set(context, sessions);
  }
  return sessions;
}

function createSessions(options: DescopeOptions, context: PluginContext): Sessions {
  const { secrets, clock } = context;
  const fetchToken = createTokenFetch(options, context);

  async function fetch() {
    const { token, name, claims } = await fetchToken();
    const headers = credentialHeaders({ kind: "token", token }, options.credential, { name, error: context.error });
    const expiresAt = claims.exp * 1000;
    const value: Session = Object.freeze({ headers, expiresAt, identity: identityOf(claims, options) });
    // Beside its end by the wall clock, for that may be set: what is left of it by the other one.
    return { value, expiresAt, lease: expiresAt - clock.wallTime() };
  }

  return {
    current: () => secrets.get(KEY, fetch, policy),
    invalidate(kind) {
      if (kind === "unauthorized") secrets.invalidate(KEY);
      else secrets.expire(KEY);
    },
  };
}

/** What is made of a session, once for each: the same object again while the session is the same. */
export function derived<T extends object>(sessions: Sessions, make: (session: Session) => T): () => T | Promise<T> {
  const made = new WeakMap<Session, T>();
  function of(session: Session): T {
    let value = made.get(session);
    if (value === undefined) {
      value = Object.freeze(make(session));
      made.set(session, value);
    }
    return value;
  }
  return () => {
    const session = sessions.current();
    return session instanceof Promise ? session.then(of) : of(session);
  };
}
