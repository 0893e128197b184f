/** One call to Vault, as the real one and the double are asked. */
export interface VaultCall {
  method: string;
  path: string;
  body?: unknown;
  /** Default: the root token. Undefined: none. */
  token?: string | undefined;
  headers?: Record<string, string>;
}

/** What earlier answers gave: tokens, role and secret ids. */
export type Memory = Record<string, string>;

export interface VaultCase {
  title: string;
  call(memory: Memory): VaultCall;
  // biome-ignore lint/suspicious/noExplicitAny: the answers are as many as there are calls
  remember?(answer: any): Memory;
}

export const get = (path: string): VaultCall => ({ method: "GET", path });
export const post = (path: string, body: unknown): VaultCall => ({ method: "POST", path, body });
export const login = (body: unknown): VaultCall => ({ ...post("auth/approle/login", body), token: undefined });

export const renewal = (body: unknown): VaultCall => post("auth/token/renew-self", body);
