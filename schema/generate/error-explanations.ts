/**
 * What usually leads to each error code, and what helps. docs/errors.md is made of this, of the meanings in core/src/errors/codes.ts and
 * of the exit codes of the command. It stands apart from the codes, so that no program loads it.
 */
import type { ErrorCode } from "../../core/src/errors/codes.ts";

/** What usually leads to an error, and what to do in general: the error itself says it for the case at hand. */
export type Explanation = readonly [cause: string, remedy: string];

/** One section of docs/errors.md, in Markdown. */
export interface ExplanationGroup {
  readonly title: string;
  readonly intro: string;
  readonly codes: { readonly [code in ErrorCode]?: Explanation };
}

/** The sections in their order. Each code is in one of them. */
export const explanations: readonly ExplanationGroup[] = [
  {
    title: "The configuration file",
    intro:
      "Raised before anything is sent and before any plugin is imported. `mlflow-auth validate` lists all of them in one go, each with file, line and column.",
    codes: {
      CONFIG_NOT_FOUND: [
        "The command runs in another folder than the project, or `--config` or `MLFLOW_AUTH_CONFIG` names a file that is gone.",
        "Run it inside the project, write a file with `mlflow-auth init`, or name one with `--config`.",
      ],
      CONFIG_UNREADABLE: [
        "A folder or a broken link of that name, no permission to read it, an empty file, or one above 256 KiB.",
        "Put the file right or remove it. The search never goes on past it to another one.",
      ],
      CONFIG_UNTRUSTED: [
        "A file that another user left in `/tmp` or in another shared folder, or one that everybody or a shared group may write.",
        "`chown` it to yourself and `chmod go-w` it; or name it with `--config` if you trust its owner.",
      ],
      CONFIG_SYNTAX: [
        "Wrong indentation, a tab, a quote that is not closed, the same key twice, an anchor or a tag.",
        "Correct the line and column that the message names. Write a repeated part out in full.",
      ],
      CONFIG_INVALID: [
        "At least one of the problems below. It is the code of the whole report, and what the library throws.",
        "Correct every line that it prints; in code, read `problems` of the error.",
      ],
      ENVIRONMENT_INVALID: [
        "A switch such as `MLFLOW_SECRETS_AUTH_ENABLE` or `MLFLOW_AUTH_PLUGINS` without `MLFLOW_TRACKING_URI`, or with a server that `MLFLOW_SECRETS_ALLOWED_HOSTS` leaves out.",
        "Set the variable that the message names, or write a file with `mlflow-auth init`: [without a file](guides/without-a-file.md).",
      ],
      SWITCH_IGNORED: [
        "A file beside the variables of an older system, of which nobody has taken the switch out of the environment.",
        "Unset what the warning names. To have the environment count, remove the file.",
      ],
      UNKNOWN_FIELD: [
        "A spelling mistake, a field at the wrong depth, or an option that only another version has.",
        "Take the field that the message suggests, or look it up in the [configuration reference](configuration.md).",
      ],
      MISSING_FIELD: [
        "A required option such as `secret` of the plugin vault, or the server's address, which neither the file nor a variable gives.",
        "Add the field, or set the variable that the message names.",
      ],
      FIELD_CONFLICT: [
        "`trackingUri`, or another key of the short form, beside `servers`.",
        "Keep one of the two forms: move the key into the entry of `servers` that it belongs to.",
      ],
      WRONG_TYPE: [
        "Text where a mapping or a number goes, often for missing quotes or wrong indentation.",
        "Write the type that the message asks for.",
      ],
      WRONG_VALUE: [
        "A value outside of what is allowed: an unknown `method`, a duration without a unit.",
        "Take one of the values that the message lists; a duration is written as `500ms`, `30s`, `5m` or `1h`.",
      ],
      VARIABLE_MISSING: [
        "The variable is not set where the command runs, for example in CI, in a service, under `sudo` or within another `exec`.",
        "Set it, or give a default: `${NAME:-default}`; within an `exec` that took it out, run this outside of that one, or give that one `--keep-env=NAME`. An empty variable counts as missing.",
      ],
      VARIABLE_SYNTAX: [
        "A literal `${`, as in a template or a password, a name with letters that no variable has, or a variable in the default of another.",
        "Write `$${` for a plain `${`; let a default be plain text.",
      ],
      VARIABLE_SECRET: [
        "A variable whose name has a word such as TOKEN, PASSWORD or KEY in a field that is printed, such as `address`.",
        "Use it in a secret field, or rename the variable if it holds no credential.",
      ],
      SECRET_LITERAL: [
        "A password or token was written into the file. It works, and it is in your version control, too.",
        "Replace it by `{ env: NAME }` or `{ file: PATH }`, and rotate it if the file was ever shared.",
      ],
    },
  },
  {
    title: "Servers",
    intro: "About the addresses in the file, and the way to them.",
    codes: {
      SERVER_URI: [
        "A scheme other than http and https, a user name, query or fragment in the address, or a `*` elsewhere than in the leftmost label.",
        "Write scheme, host, port and base path only, for example `https://mlflow.example.com/base`.",
      ],
      SERVER_CLEARTEXT: [
        "An `http://` address of another machine. Everybody on the way could read the credential.",
        "Use `https://`. On a network that nobody else can read, say `allowInsecure: true` for that server.",
      ],
      SERVER_DUPLICATE: [
        "The same address twice, perhaps once with a trailing slash or with the default port.",
        "Merge the two entries.",
      ],
      SERVER_AMBIGUOUS: [
        "`exec`, `proxy` or `tags` with a file that lists several servers, or wildcards only.",
        "Say which one: `--server URI`, or set `MLFLOW_TRACKING_URI` to it.",
      ],
      PATH_MISLEADING: [
        "A `.` or `..` segment in a path that is not a URL's, also an encoded one; a NUL; the base path of a server of the file in another spelling (`/tea%6d`, `//team`, `/team;a`, `/;a/team`; beside a server around it also `/TEAM`).",
        "Send the path in its plain form.",
      ],
      GATEWAY_CREDENTIAL: [
        "A request below `/gateway/` of a server whose MLflow is older than 3.17 (3.15 for a coding agent, or a client with a provider's key), or whose `/version` can't be read; a credential in another header than Authorization; an address that itself lies below `/gateway/`; or `headers(url)`, which does not know the request's own headers.",
        "Upgrade MLflow and list the server with its whole base path, and by its own address; or say `gateway: { header: NAME }` where MLflow, or a proxy in front of it, takes that header off: otherwise the provider gets the credential.",
      ],
      DESTINATION_UNLISTED: [
        "Another scheme, port or base path than in the file; `localhost` in one place and `127.0.0.1` in the other.",
        "Use the address as the file has it, or list this one as well.",
      ],
      SERVER_TLS: [
        "A certificate from an authority of your own, an expired one, or one for another name.",
        "Name the authority's file as `tls.ca` of that server, or have the certificate renewed.",
      ],
      SERVER_UNREACHABLE: [
        "The server is down, or something between is; or the address is not the right one.",
        "Try again later, and let `mlflow-auth doctor` say where it breaks.",
      ],
      TLS_FILE: [
        "A wrong path (relative ones start at the configuration file), no permission, a key that does not belong to the certificate.",
        "Correct `tls.ca`, `tls.cert` or `tls.key`. They are PEM files; a key goes without a passphrase.",
      ],
      HTTP_PROXY: [
        "`HTTPS_PROXY` names no proxy that answers, or one that refuses to open a tunnel to that host.",
        "Correct the variable, or add the host to `NO_PROXY`. Plain http goes through a tunnel, too, which some proxies refuse.",
      ],
    },
  },
  {
    title: "Plugins",
    intro: "About the packages that the file enables, and how they behave while they run.",
    codes: {
      PLUGIN_NOT_INSTALLED: [
        "The package is not in the project of the file, nor beside the command; or `plugin:` is missing for an instance with a name of its own.",
        "Run the install command that the message prints; `mlflow-auth plugins --why NAME` tells where it was looked for.",
      ],
      PLUGIN_AMBIGUOUS: [
        "Two packages among the dependencies declare the same entry-point name.",
        "Say `package:` for that instance, or uninstall one of them.",
      ],
      PLUGIN_MANIFEST: [
        "A plugin that was built for another version, or whose package.json names a file that is not there, or a group of entry points that nobody reads; a schema that is none, in which core can't find the secrets, that has an option of core's own, or that takes too long.",
        "Install a version that fits; if it is your own, see [Write a plugin](guides/write-a-plugin.md).",
      ],
      PLUGIN_VERSION: [
        "The plugin or `mlflow-auth` was updated, and the other one was not.",
        "Update the older one, by a command of the message. Nothing is refused for this: what decides is the `apiVersion` of the package.",
      ],
      PLUGIN_UNTRUSTED: [
        "`node_modules` was filled by another user, or others may write it, a folder on the way to it, or a module that it imports.",
        "Install it as yourself, or `chown` and `chmod go-w` what the message names; or name a file with `--config` if you trust its owner. See [where plugins come from](configuration.md#where-plugins-come-from).",
      ],
      PLUGIN_UNKNOWN: [
        "A name in `auth`, `headers` or `tags` that is not a key below `plugins`, or one with `enabled: false`.",
        "Take one of the names that the message lists.",
      ],
      PLUGIN_INTERFACE: [
        "A plugin of headers named under `auth`, or the other way round.",
        "Name it under the field for what it offers.",
      ],
      AUTH_AMBIGUOUS: [
        "Two enabled plugins can authenticate, and nothing says which one this server takes.",
        "Add `auth: NAME`, or a list to be asked in turn.",
      ],
      PLUGIN_LOAD: [
        "A file or a dependency of the package is missing, or its factory threw.",
        "Install the package again. If it still fails, its author needs to know.",
      ],
      PLUGIN_TIMEOUT: [
        "Its backend is slow, or does not answer and does not refuse either, as behind a firewall.",
        "Check the backend; raise the instance's `timeout` (15 s) if it really takes longer.",
      ],
      PLUGIN_RESULT: ["A defect of the plugin.", "Report it to the plugin's author."],
      PLUGIN_FAILED: [
        "A defect of the plugin, or a failure that it does not explain. Its own words are withheld, for they may quote a credential.",
        "See the plugin's documentation, and report it to its author, who sees the words in the log with `MLFLOW_AUTH_PLUGIN_DEBUG=1`.",
      ],
      HEADER_COLLISION: [
        "Two plugins that are used for the same server set the same header, often `Authorization`.",
        "Take one of them out of `headers`, or give it another header name.",
      ],
      HEADER_INVALID: [
        "A header name with a space or colon, a value with a line break or above 8 KiB, or a header such as `Host`.",
        "Correct the header's name in the plugin's options, or the secret that its value comes from.",
      ],
      TAG_INVALID: [
        "A key above 250 bytes or with other characters than MLflow takes, or a value above 8,000 characters.",
        "Check what the plugin makes its tags of; `mlflow-auth tags` shows those that are fine.",
      ],
    },
  },
  {
    title: "Credentials",
    intro:
      "The request was not sent. Where it goes through the local proxy, the client gets status 424; or 503, upon which MLflow's Python client sends it again for minutes, where a store or its network fails and the server has answered through this proxy before: until then an outage is more often a wrong address, which is to be heard of at once.",
    codes: {
      ANONYMOUS_REFUSED: [
        "A plugin takes a refusal of its backend for the word that no credential is needed; or a server that is meant to be open to some requests.",
        "Have the plugin fixed; or, where requests may go bare, say `anonymous: allowed` for that server.",
      ],
      AUTH_FAILED: [
        "Several providers were asked, and none gave a credential.",
        "Look at the reasons in the message, one for each provider.",
      ],
      SECRET_UNREACHABLE: [
        "A wrong address, a firewall, a certificate that is not trusted, or a sealed or overloaded Vault.",
        "Check the address from the same machine (`vault status`). `cache.maxStale` bridges outages for a secret that was read before.",
      ],
      SECRET_DENIED: [
        "The login works, and its policy does not allow reading this path. For a mount that does not exist Vault says the same.",
        "Add `read` on the path that the message prints; check `secret.mount`.",
      ],
      SECRET_NOT_FOUND: [
        "A wrong mount or path, or a version that was deleted.",
        "Check `secret.mount` and `secret.path`; the mount is no part of the path.",
      ],
      SECRET_SOURCE: [
        "The variable of `{ env }` is not set, or the file of `{ file }` is missing, empty, a folder, or not readable. Or nothing at all says how to log in.",
        "Set it. Paths are relative to the configuration file.",
      ],
      SECRET_EXPIRED: [
        "The clock of this machine or of the secret backend is wrong, or nobody renewed the credential that is kept there.",
        "Compare the clocks (`mlflow-auth doctor` does); else renew the credential. The backend is asked again after a second, later less often.",
      ],
      SECRET_FORMAT: [
        "The secret has other fields than `token`, or `username` and `password`; or `mode: bearer` meets a user and a password.",
        "Name the field (`secret.field`), or set `credential.mode` to what the secret is.",
      ],
      LOGIN_FAILED: [
        "A secret id that was used up or has expired, a role of another name, a token that has ended, a wrong `auth.mount`.",
        "Make a new secret id or token; check the role and the mount that the message names.",
      ],
    },
  },
  {
    title: "The command and the library",
    intro: "How it was called, and where it runs.",
    codes: {
      USAGE: [
        "An option that does not exist, a missing argument, two options that exclude each other.",
        "Add `--help` to the command.",
      ],
      PROXY_LISTEN: [
        "Another program has the port, or the address is not one of this machine.",
        "Take another `--port`, or 0 for any free one.",
      ],
      UPLOAD_REJECTED: [
        "The server rejected the old credential after more than 1 MiB of a stream had been sent.",
        "Send the request again. Through the proxy it is a 503 with `Retry-After: 0`, upon which MLflow's Python client does so by itself.",
      ],
      SIGNATURE_NEEDED: [
        "`headers(url)`, `authProvider()` or another program that sends by itself meets a plugin whose credential is a signature of each request.",
        "Send with the library's `fetch` or interceptor, `register`, `exec` or `proxy`.",
      ],
      BODY_UNSIGNABLE: [
        "A stream of more than 1 MiB, for a plugin that does not sign such; or a full disk where temporary files go.",
        "Make room, name another folder in TMPDIR, or send the body as bytes or in parts, as the message says.",
      ],
      FETCH_REPLACED: [
        "A library such as node-fetch or a test's mock has taken the place of `globalThis.fetch`, and `auth.fetch` was called.",
        "Put Node's own back, or take the headers from `auth.headers(url)`.",
      ],
      NODE_VERSION: ["An older Node comes first on the PATH.", "Install Node 22.19 or newer."],
    },
  },
];
