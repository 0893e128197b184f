/** What a plugin's method can do that its interface does not allow. Each names a secret where it can. */
import { Secret } from "../../src/secret/secret.js";

export type Method = () => unknown;

const never = () => new Promise(() => {});
const failing = (secret: string) => () => {
  throw new Error(secret);
};
// biome-ignore lint/suspicious/noThenProperty: what looks like a promise and is none is what this is about
const thenable = (then: PropertyDescriptor) => Object.defineProperty({}, "then", then);
const thrower = (secret: string) => {
  const fail = failing(secret);
  return new Proxy({}, { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail });
};

/** Those of any method, by what they do. */
export const misbehaviours: Record<string, (secret: string) => Method> = {
  "never answers": () => never,
  "answers with a thenable that never calls back": () => () => thenable({ value: () => undefined }),
  "answers with a thenable that throws": (secret) => () => thenable({ value: failing(secret) }),
  "answers with an object whose `then` can't be read": (secret) => () => thenable({ get: failing(secret) }),
  "answers with a thenable that fails twice and then succeeds": (secret) => () =>
    thenable({
      value(resolve: (value: unknown) => void, reject: (reason: unknown) => void) {
        reject(new Error(secret));
        reject(secret);
        resolve({ Authorization: secret });
      },
    }),
  throws: (secret) => () => {
    throw new TypeError(secret);
  },
  "throws a text": (secret) => () => {
    throw secret;
  },
  "throws nothing": () => () => {
    throw undefined;
  },
  "throws null": () => () => {
    throw null;
  },
  "throws an object whose properties can't be read": (secret) => () => {
    throw thrower(secret);
  },
  "throws an error that names itself by a secret": (secret) => () => {
    throw Object.assign(new Error(secret), { name: secret, code: secret, cause: secret });
  },
  "throws something that is marked as one of our errors and is none": (secret) => () => {
    throw { [Symbol.for("mlflow-auth.error")]: true, detail: secret };
  },
  "rejects with a text": (secret) => () => Promise.reject(secret),
  "rejects with undefined": () => () => Promise.reject(undefined),
  "rejects with an object whose properties can't be read": (secret) => () => Promise.reject(thrower(secret)),
  "answers with an object whose properties can't be read": (secret) => () => thrower(secret),
  "promises an object whose properties can't be read": (secret) => async () => new Proxy(thrower(secret), asynchronous),
};

/** Lets a promise hand the object on, which asks for its `then`. */
const asynchronous: ProxyHandler<object> = {
  get(target, key, receiver) {
    return key === "then" ? undefined : Reflect.get(target, key, receiver);
  },
};

/** Headers that can't be sent, or are none. */
export const rubbishHeaders: Record<string, (secret: string) => unknown> = {
  "a text": (secret) => secret,
  "a number": () => 7,
  null: () => null,
  "a list": (secret) => ["Authorization", secret],
  "a Map": (secret) => new Map([["Authorization", secret]]),
  "a Headers object": (secret) => new Headers({ Authorization: secret }),
  "a value that is no text": (secret) => ({ Authorization: { secret } }),
  "a value that can't be read": (secret) => ({
    get Authorization(): never {
      throw new Error(secret);
    },
  }),
  "a secret that can't be revealed": (secret) => ({
    Authorization: Object.assign(Object.create(Secret.prototype), {
      [Symbol.for("mlflow-auth.secret")]: true,
      reveal() {
        throw new Error(secret);
      },
    }),
  }),
  "a value with a line break": (secret) => ({ Authorization: new Secret(`${secret}\r\nX-Evil: 1`) }),
  "a value beyond Latin-1": (secret) => ({ Authorization: new Secret(`${secret}€`) }),
  "a value of more than 8 KiB": (secret) => ({ Authorization: new Secret(secret.repeat(1_000)) }),
  "a name that HTTP does not allow": (secret) => ({ "Author ization": secret }),
  "a name that belongs to the transport": (secret) => ({ "Transfer-Encoding": secret }),
};

/** What is no credential. */
export const rubbishAuth: Record<string, (secret: string) => unknown> = {
  "a text in place of a credential": (secret) => secret,
  "null in place of a credential": () => null,
  "a credential without headers": () => ({}),
  "a credential with no header": () => ({ headers: {} }),
  "headers that can't be read": (secret) => ({
    get headers(): never {
      throw new Error(secret);
    },
  }),
  "a credential that has expired": (secret) => ({ headers: { Authorization: secret }, expiresAt: 1 }),
  "a credential that ends at no time": (secret) => ({ headers: { Authorization: secret }, expiresAt: Number.NaN }),
  "a credential whose end is a text": (secret) => ({ headers: { Authorization: secret }, expiresAt: "2099-01-01" }),
};

/** What are no run tags. */
export const rubbishTags: Record<string, (secret: string) => unknown> = {
  "a text": (secret) => secret,
  null: () => null,
  "a list": (secret) => [secret],
  "a Map": (secret) => new Map([["a", secret]]),
  "a value that is no text": (secret) => ({ a: { secret } }),
  "a value that can't be read": (secret) => ({
    get a(): never {
      throw new Error(secret);
    },
  }),
  "a value that is longer than MLflow takes": (secret) => ({ a: secret.repeat(1_000) }),
};
