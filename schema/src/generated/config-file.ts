// Generated from schema/config.schema.json by scripts/generate.ts. Don't edit: run `npm run generate`.
/**
 * The instances asked for a credential, in this order; the first that gives one wins. `[]` means none. Default: the only one that can authenticate.
 */
export type Auth = string | string[];
/**
 * The instances that add headers. One that only authenticates adds its credential as a second one, for a front before MLflow's own login. `[]` means none. Default: every enabled one that has headers.
 */
export type Headers = string | string[];
/**
 * The instances that add run tags; of two that set the same tag the later wins. `[]` means none. Default: every enabled one that can.
 */
export type Tags = string | string[];
/**
 * Whether credentials may travel over plain http to a host that is not loopback. Through HTTP_PROXY they go in a tunnel (CONNECT); a proxy that opens none needs the host in NO_PROXY.
 */
export type AllowInsecure = boolean;
/**
 * `allowed`: where a plugin of `auth` answers that a request needs no credential, it goes out without one. Else that answer counts as a failure, and the request is not sent.
 */
export type Anonymous = "allowed";
/**
 * How many requests `exec` and `proxy` send to this server at a time; more wait for one to end, and a warning tells when one has waited for 5 s. Default: 64. The library has no limit.
 */
export type Connections = number;

/**
 * mlflow-auth.yaml: which credentials and run tags reach which MLflow server.
 */
export interface ConfigFile {
  /**
   * For editors.
   */
  $schema?: string;
  /**
   * The version of this format.
   */
  version: 1;
  /**
   * Short form, one server: the address of the MLflow server. In its place `servers` lists several.
   */
  trackingUri?: string;
  auth?: Auth;
  headers?: Headers;
  tags?: Tags;
  allowInsecure?: AllowInsecure;
  tls?: Tls;
  anonymous?: Anonymous;
  gateway?: Gateway;
  connections?: Connections;
  /**
   * Long form: several servers, each with its own credentials.
   *
   * @minItems 1
   */
  servers?: Server[];
  /**
   * Plugin instances by name. The name is also the plugin's, unless `plugin` says otherwise.
   */
  plugins?: {
    [k: string]: Instance;
  };
}
/**
 * TLS towards this server. Files are read again within a second of a change, without a restart.
 */
export interface Tls {
  /**
   * PEM file of the authorities to trust in place of the system's.
   */
  ca?: string;
  /**
   * PEM file of the client certificate.
   */
  cert?: string;
  /**
   * PEM file of the client certificate's key. Default: the file that `cert` names.
   */
  key?: string;
  /**
   * Accepts any certificate. Only for a test server.
   */
  insecureSkipVerify?: boolean;
}
/**
 * MLflow's AI gateway, below `/gateway/` of this server, which passes headers on to LLM providers. Without this a request there carries the credential only where MLflow is known to keep it to itself, and is refused elsewhere.
 */
export interface Gateway {
  /**
   * The header in which the credential goes to the gateway, whatever version of MLflow answers. The risk: unless MLflow or a proxy in front of it takes that header off, the LLM provider gets the credential and can use it.
   */
  header: string;
}
/**
 * One MLflow server.
 */
export interface Server {
  /**
   * Scheme, host, port and base path. The leftmost label of the host may be, or hold, one `*`.
   */
  uri: string;
  auth?: Auth;
  headers?: Headers;
  tags?: Tags;
  allowInsecure?: AllowInsecure;
  tls?: Tls;
  anonymous?: Anonymous;
  gateway?: Gateway;
  connections?: Connections;
}
/**
 * A plugin with its options.
 */
export interface Instance {
  /**
   * The plugin's entry-point name, where the instance has another name.
   */
  plugin?: string;
  /**
   * The package to take the plugin from, where several provide that name.
   */
  package?: string;
  /**
   * False: as if the instance were not in the file.
   */
  enabled?: boolean;
  /**
   * True: if its headers or tags fail, the request goes on without them, with a warning. Credentials are never optional, so it is refused for a plugin that only authenticates.
   */
  optional?: boolean;
  /**
   * How long a caller waits for it. The fetch itself goes on, for the next caller.
   */
  timeout?: string;
  [k: string]: unknown;
}
