/**
 * What people meet each error code by, and what helps: docs/errors.md is made of it, of the meanings in core/src/errors/codes.ts
 * and of the exit codes of the command. Stands apart from the codes, so that no program loads it.
 */
import type { ErrorCode } from "../../core/src/errors/codes.ts";

export interface Explanation {
  /** What mostly leads to it. */
  readonly cause: string;
  /** What to do, in general; the error itself says it for the case at hand. */
  readonly remedy: string;
}

export interface ExplanationGroup {
  readonly title: string;
  readonly intro: string;
  readonly codes: { readonly [code in ErrorCode]?: Explanation };
}

export const explanations: readonly ExplanationGroup[] = [
  {
    title: "The configuration file",
    intro:
      "Raised before anything is sent and before any plugin is imported. `mlflow-auth validate` lists all of them in one go, each with file, line and column.",
    codes: {
      CONFIG_NOT_FOUND: {
        cause:
          "The command runs in another folder than the project, or `--config` or `MLFLOW_AUTH_CONFIG` names a file that is gone.",
        remedy: "Run it inside the project, write a file with `mlflow-auth init`, or name one with `--config`.",
      },
      CONFIG_UNREADABLE: {
        cause: "A folder or a broken link of that name, no permission to read it, an empty file, or one above 256 KiB.",
        remedy: "Put the file right or remove it. The search never goes on past it to another one.",
      },
      CONFIG_UNTRUSTED: {
        cause:
          "A file that another user left in `/tmp` or in another shared folder, or one that everybody or a shared group may write.",
        remedy: "`chown` it to yourself and `chmod go-w` it; or name it with `--config` if you trust its owner.",
      },
      CONFIG_SYNTAX: {
        cause: "Wrong indentation, a tab, a quote that is not closed, the same key twice, an anchor or a tag.",
        remedy: "Correct the line and column that the message names. Write a repeated part out in full.",
      },
      CONFIG_INVALID: {
        cause: "At least one of the problems below. It is the code of the whole report, and what the library throws.",
        remedy: "Correct every line that it prints; in code, read `problems` of the error.",
      },
      UNKNOWN_FIELD: {
        cause: "A spelling mistake, a field at the wrong depth, or an option that only another version has.",
        remedy:
          "Take the field that the message suggests, or look it up in the [configuration reference](configuration.md).",
      },
      MISSING_FIELD: {
        cause:
          "A required option such as `secret` of the plugin vault, or the server's address, which neither the file nor a variable gives.",
        remedy: "Add the field, or set the variable that the message names.",
      },
      FIELD_CONFLICT: {
        cause: "`trackingUri`, or another key of the short form, beside `servers`.",
        remedy: "Keep one of the two forms: move the key into the entry of `servers` that it belongs to.",
      },
      WRONG_TYPE: {
        cause: "Text where a mapping or a number goes, often for missing quotes or wrong indentation.",
        remedy: "Write the type that the message asks for.",
      },
      WRONG_VALUE: {
        cause: "A value outside of what is allowed: an unknown `method`, a duration without a unit.",
        remedy: "Take one of the values that the message lists; a duration is written as `500ms`, `30s`, `5m` or `1h`.",
      },
      VARIABLE_MISSING: {
        cause: "The variable is not set where the command runs, for example in CI, in a service or under `sudo`.",
        remedy: "Set it, or give a default: `${NAME:-default}`. An empty variable counts as missing.",
      },
      VARIABLE_SYNTAX: {
        cause: "A literal `${`, as in a template or a password, or a name with letters that no variable has.",
        remedy: "Write `$${` for a plain `${`.",
      },
      VARIABLE_SECRET: {
        cause:
          "A variable whose name ends in TOKEN, SECRET, PASSWORD or KEY in a field that is printed, such as `address`.",
        remedy: "Use it in a secret field, or rename the variable if it holds no credential.",
      },
      SECRET_LITERAL: {
        cause: "A password or token was written into the file. It works, and it is in your version control, too.",
        remedy: "Replace it by `{ env: NAME }` or `{ file: PATH }`, and rotate it if the file was ever shared.",
      },
    },
  },
  {
    title: "Servers",
    intro: "About the addresses in the file, and the way to them.",
    codes: {
      SERVER_URI: {
        cause:
          "A scheme other than http and https, a user name, query or fragment in the address, or a `*` elsewhere than in the leftmost label.",
        remedy: "Write scheme, host, port and base path only, for example `https://mlflow.example.com/base`.",
      },
      SERVER_CLEARTEXT: {
        cause: "An `http://` address of another machine. Everybody on the way could read the credential.",
        remedy: "Use `https://`. On a network that nobody else can read, say `allowInsecure: true` for that server.",
      },
      SERVER_DUPLICATE: {
        cause: "The same address twice, perhaps once with a trailing slash or with the default port.",
        remedy: "Merge the two entries.",
      },
      SERVER_AMBIGUOUS: {
        cause: "`exec`, `proxy` or `tags` with a file that lists several servers, or wildcards only.",
        remedy: "Say which one: `--server URI`, or set `MLFLOW_TRACKING_URI` to it.",
      },
      PATH_MISLEADING: {
        cause: "A `.` or `..` segment in a path that is not a URL's, also an encoded one; a NUL.",
        remedy: "Send the path in its plain form.",
      },
      DESTINATION_UNLISTED: {
        cause:
          "Another scheme, port or base path than in the file; `localhost` in one place and `127.0.0.1` in the other.",
        remedy: "Use the address as the file has it, or list this one as well.",
      },
      SERVER_TLS: {
        cause: "A certificate from an authority of your own, an expired one, or one for another name.",
        remedy: "Name the authority's file as `tls.ca` of that server, or have the certificate renewed.",
      },
      TLS_FILE: {
        cause:
          "A wrong path (relative ones start at the configuration file), no permission, a key that does not belong to the certificate.",
        remedy: "Correct `tls.ca`, `tls.cert` or `tls.key`. They are PEM files; a key goes without a passphrase.",
      },
      HTTP_PROXY: {
        cause: "`HTTPS_PROXY` names no proxy that answers, or one that refuses to open a tunnel to that host.",
        remedy:
          "Correct the variable, or add the host to `NO_PROXY`. Plain http goes through a tunnel, too, which some proxies refuse.",
      },
    },
  },
  {
    title: "Plugins",
    intro: "About the packages that the file enables, and how they behave while they run.",
    codes: {
      PLUGIN_NOT_INSTALLED: {
        cause:
          "The package is not in the project of the file, nor beside the command; or `plugin:` is missing for an instance with a name of its own.",
        remedy:
          "Run the install command that the message prints; `mlflow-auth plugins --why NAME` tells where it was looked for.",
      },
      PLUGIN_AMBIGUOUS: {
        cause: "Two packages among the dependencies declare the same entry-point name.",
        remedy: "Say `package:` for that instance, or uninstall one of them.",
      },
      PLUGIN_MANIFEST: {
        cause: "A plugin that was built for another version, or whose package.json names a file that is not there.",
        remedy: "Install a version that fits; if it is your own, see [CONTRIBUTING](../CONTRIBUTING.md#a-plugin).",
      },
      PLUGIN_UNTRUSTED: {
        cause: "`node_modules` was filled by another user, or others may write it.",
        remedy:
          "Install it as yourself, or `chmod -R go-w` it. See [where plugins come from](configuration.md#where-plugins-come-from).",
      },
      PLUGIN_UNKNOWN: {
        cause: "A name in `auth`, `headers` or `tags` that is not a key below `plugins`, or one with `enabled: false`.",
        remedy: "Take one of the names that the message lists.",
      },
      PLUGIN_INTERFACE: {
        cause: "A plugin of headers named under `auth`, or the other way round.",
        remedy: "Name it under the field for what it offers.",
      },
      AUTH_AMBIGUOUS: {
        cause: "Two enabled plugins can authenticate, and nothing says which one this server takes.",
        remedy: "Add `auth: NAME`, or a list to be asked in turn.",
      },
      PLUGIN_LOAD: {
        cause: "A file or a dependency of the package is missing, or its factory threw.",
        remedy: "Install the package again. If it still fails, its author needs to know.",
      },
      PLUGIN_TIMEOUT: {
        cause: "Its backend is slow, or does not answer and does not refuse either, as behind a firewall.",
        remedy: "Check the backend; raise the instance's `timeout` (15 s) if it really takes longer.",
      },
      PLUGIN_RESULT: {
        cause: "A defect of the plugin.",
        remedy: "Report it to the plugin's author.",
      },
      PLUGIN_FAILED: {
        cause:
          "A defect of the plugin, or a failure that it does not explain. Its own words are withheld, for they may quote a credential.",
        remedy: "See the plugin's documentation, and report it to its author.",
      },
      HEADER_COLLISION: {
        cause: "Two plugins that are used for the same server set the same header, often `Authorization`.",
        remedy: "Take one of them out of `headers`, or give it another header name.",
      },
      HEADER_INVALID: {
        cause:
          "A header name with a space or colon, a value with a line break or above 8 KiB, or a header such as `Host`.",
        remedy: "Correct the header's name in the plugin's options, or the secret that its value comes from.",
      },
      TAG_INVALID: {
        cause: "A key above 250 bytes or with other characters than MLflow takes, or a value above 8,000 characters.",
        remedy: "Check what the plugin makes its tags of; `mlflow-auth tags` shows those that are fine.",
      },
    },
  },
  {
    title: "Credentials",
    intro:
      "The request was not sent. Where it goes through the local proxy, the client gets status 424, or 503 where the same request may succeed later.",
    codes: {
      AUTH_FAILED: {
        cause: "Several providers were asked, and none gave a credential.",
        remedy: "Look at the reasons in the message, one for each provider.",
      },
      SECRET_UNREACHABLE: {
        cause: "A wrong address, a firewall, a certificate that is not trusted, or a sealed or overloaded Vault.",
        remedy:
          "Check the address from the same machine (`vault status`). `cache.maxStale` bridges outages for a secret that was read before.",
      },
      SECRET_DENIED: {
        cause:
          "The login works, and its policy does not allow reading this path. For a mount that does not exist Vault says the same.",
        remedy: "Add `read` on the path that the message prints; check `secret.mount`.",
      },
      SECRET_NOT_FOUND: {
        cause: "A wrong mount or path, or a version that was deleted.",
        remedy: "Check `secret.mount` and `secret.path`; the mount is no part of the path.",
      },
      SECRET_SOURCE: {
        cause:
          "The variable of `{ env }` is not set, or the file of `{ file }` is missing, empty, a folder, or not readable. Or nothing at all says how to log in.",
        remedy: "Set it. Paths are relative to the configuration file.",
      },
      SECRET_FORMAT: {
        cause:
          "The secret has other fields than `token`, or `username` and `password`; or `mode: bearer` meets a user and a password.",
        remedy: "Name the field (`secret.field`), or set `credential.mode` to what the secret is.",
      },
      LOGIN_FAILED: {
        cause:
          "A secret id that was used up or has expired, a role of another name, a token that has ended, a wrong `auth.mount`.",
        remedy: "Make a new secret id or token; check the role and the mount that the message names.",
      },
    },
  },
  {
    title: "The command and the library",
    intro: "How it was called, and where it runs.",
    codes: {
      USAGE: {
        cause: "An option that does not exist, a missing argument, two options that exclude each other.",
        remedy: "Add `--help` to the command.",
      },
      PROXY_LISTEN: {
        cause: "Another program has the port, or the address is not one of this machine.",
        remedy: "Take another `--port`, or 0 for any free one.",
      },
      FETCH_REPLACED: {
        cause:
          "A library such as node-fetch or a test's mock has taken the place of `globalThis.fetch`, and `auth.fetch` was called.",
        remedy: "Put Node's own back, or take the headers from `auth.headers(url)`.",
      },
      NODE_VERSION: {
        cause: "An older Node comes first on the PATH.",
        remedy: "Install Node 22.19 or newer.",
      },
    },
  },
];
