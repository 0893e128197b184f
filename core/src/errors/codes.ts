/**
 * Every code that an error or a problem of mlflow-auth can carry, with what it means in general. The particular sentence,
 * the place and the remedy are given where the error is raised. The table is closed: a new failure gets a row here first, and its
 * usual cause in schema/generate/error-explanations.ts, from which docs/errors.md is made.
 */
export const codes = {
  CONFIG_NOT_FOUND: "No configuration file was found, or the one named does not exist.",
  CONFIG_UNREADABLE:
    "The configuration file exists but can't be used: not a regular file, no permission, empty, too large, not UTF-8.",
  CONFIG_UNTRUSTED:
    "The configuration file was found by searching and belongs to, or can be changed by, somebody else.",
  CONFIG_SYNTAX:
    "The file is not well-formed YAML or JSON, or uses a construct that is refused (aliases, tags, duplicate keys).",
  CONFIG_INVALID: "The file has problems; `problems` lists them all.",
  ENVIRONMENT_INVALID:
    "There is no file, and what the environment switches on in its place is not said in full, or contradicts itself.",
  SWITCH_IGNORED:
    "A variable that switches something on where there is no file is not followed (a warning): there is one, or it names nothing that is known.",

  UNKNOWN_FIELD: "A field that the schema does not know.",
  MISSING_FIELD: "A field that must be given is absent.",
  FIELD_CONFLICT: "Two fields of the file exclude each other.",
  WRONG_TYPE: "A value of another type than the field takes.",
  WRONG_VALUE: "A value that the field does not allow.",

  VARIABLE_MISSING:
    "A `${NAME}` whose environment variable is unset or empty and has no default; or (a warning) an option without its usual variable, which an `exec` took out.",
  VARIABLE_SYNTAX: "A `${…}` that is not a variable reference, or a `$NAME` without braces that was meant for one.",
  VARIABLE_SECRET: "A variable named like a credential fills a field that is not a secret field.",

  SECRET_LITERAL: "A credential stands in the file itself (a warning).",

  SERVER_URI: "A server's URI is not an absolute http or https URL that credentials can be bound to.",
  SERVER_CLEARTEXT: "Credentials would travel in the clear: plain http to a host that is not loopback.",
  SERVER_DUPLICATE: "Two servers in the file have the same URI.",
  SERVER_TLS: "TLS let no connection to a server come about, mostly for its certificate; nothing was sent.",
  SERVER_UNREACHABLE: "A server of the file that the command of a plugin asked gave no answer.",
  TLS_FILE: "A certificate or key file that `tls` names can't be read or used.",
  HTTP_PROXY: "The proxy named by HTTPS_PROXY can't be used, or opens no connection to the server.",

  PLUGIN_NOT_INSTALLED: "A plugin that the file enables is not installed.",
  PLUGIN_AMBIGUOUS: "Two installed packages provide the plugin name that the file enables.",
  PLUGIN_MANIFEST: "A plugin package declares itself wrongly: entry point, apiVersion or configSchema.",
  PLUGIN_VERSION:
    "A plugin package names other versions of core among its peers than the one that runs (a warning): it is used nevertheless.",
  PLUGIN_UNTRUSTED:
    "The package of a plugin that the file enables belongs to, or can be changed by, somebody else, so it is not used.",
  PLUGIN_UNKNOWN: "A name in `auth`, `headers` or `tags` that no enabled plugin instance has.",
  PLUGIN_INTERFACE: "A plugin is used where it offers no such interface.",
  AUTH_AMBIGUOUS: "Several enabled plugins can authenticate and the file does not say which.",

  PLUGIN_LOAD: "A plugin could not be imported or constructed.",
  PLUGIN_TIMEOUT: "A plugin did not answer within its time-out.",
  PLUGIN_RESULT: "A plugin answered with something that its interface does not allow.",
  PLUGIN_FAILED: "A plugin threw an error that is not one of these codes.",

  AUTH_FAILED: "No provider yielded a credential, so the request was not sent.",
  ANONYMOUS_REFUSED:
    "A plugin answered that a request goes without a credential, and the file does not allow that for its server.",
  HEADER_COLLISION: "Two plugins set the same header.",
  HEADER_INVALID: "A header name or value that HTTP does not allow, or that a plugin must not set.",
  SIGNATURE_NEEDED:
    "Headers alone were asked for, and the credential of the server is a signature of the whole request.",
  BODY_UNSIGNABLE:
    "A request's body could not be kept until it was signed: longer than the plugin takes, or without room for a temporary file.",
  TAG_INVALID: "A run tag whose key or value MLflow does not allow.",

  SECRET_UNREACHABLE: "The secret backend can't be reached, or is overloaded or failing.",
  SECRET_DENIED: "The secret backend refused: the login or the permission is missing.",
  SECRET_NOT_FOUND: "The secret backend has no such secret.",
  SECRET_SOURCE: "A credential named by `{ env }` or `{ file }` can't be read, or there is none to log in with.",
  SECRET_EXPIRED:
    "The secret backend gave a credential whose end has passed, or whose beginning has not come, by this machine's clock.",
  SECRET_FORMAT: "The secret was read but is not of a form that makes a credential.",
  LOGIN_FAILED: "The secret backend did not accept the login.",

  UPLOAD_REJECTED:
    "The secret was rotated while an upload was under way, and its body can't be sent again with the new one: the client must.",
  FETCH_REPLACED: "Another fetch has taken the place of Node's own, one that would send requests without credentials.",
  PATH_MISLEADING:
    "Servers may read the path of a request as leading into or out of a server of the file, so it was not sent.",
  GATEWAY_CREDENTIAL:
    "An LLM provider behind MLflow's AI gateway could get the credential of a request, so it was not sent.",
  DESTINATION_UNLISTED: "The URL does not belong to any server of the file.",
  SERVER_AMBIGUOUS: "Several servers are listed and none was chosen.",
  USAGE: "The command was used wrongly.",
  PROXY_LISTEN: "The local proxy can't listen where it was told to.",
  NODE_VERSION: "This Node is older than the oldest one that is supported.",
} as const;

/** A code of the table above. Stable: programs may compare it. */
export type ErrorCode = keyof typeof codes;
