// Generated from schema/*.schema.json by scripts/generate.ts. Don't edit: run `npm run generate`.

export const configSchema: Record<string, unknown> = {
  "$schema": "http://json-schema.org/draft-07/schema#",
  "$id": "mlflow-auth:config",
  "title": "ConfigFile",
  "description": "mlflow-auth.yaml: which credentials and run tags reach which MLflow server.",
  "type": "object",
  "additionalProperties": false,
  "required": [
    "version"
  ],
  "properties": {
    "$schema": {
      "description": "For editors.",
      "type": "string"
    },
    "version": {
      "description": "The version of this format.",
      "const": 1
    },
    "trackingUri": {
      "description": "Short form, one server: the address of the MLflow server. In its place `servers` lists several.",
      "type": "string",
      "x-env": [
        "MLFLOW_TRACKING_URI"
      ],
      "examples": [
        "https://mlflow.example.com",
        "${MLFLOW_TRACKING_URI}"
      ]
    },
    "auth": {
      "$ref": "#/$defs/auth"
    },
    "headers": {
      "$ref": "#/$defs/headers"
    },
    "tags": {
      "$ref": "#/$defs/tags"
    },
    "allowInsecure": {
      "$ref": "#/$defs/allowInsecure"
    },
    "tls": {
      "$ref": "#/$defs/tls"
    },
    "anonymous": {
      "$ref": "#/$defs/anonymous"
    },
    "gateway": {
      "$ref": "#/$defs/gateway"
    },
    "connections": {
      "$ref": "#/$defs/connections"
    },
    "servers": {
      "description": "Long form: several servers, each with its own credentials.",
      "type": "array",
      "minItems": 1,
      "items": {
        "$ref": "#/$defs/server"
      }
    },
    "plugins": {
      "description": "Plugin instances by name. The name is also the plugin's, unless `plugin` says otherwise.",
      "type": "object",
      "propertyNames": {
        "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"
      },
      "additionalProperties": {
        "$ref": "#/$defs/instance"
      }
    }
  },
  "$defs": {
    "auth": {
      "description": "The instances asked for a credential, in this order; the first that gives one wins. `[]` means none. Default: the only one that can authenticate.",
      "type": [
        "string",
        "array"
      ],
      "items": {
        "type": "string"
      }
    },
    "headers": {
      "description": "The instances that add headers. One that only authenticates adds its credential as a second one, for a front before MLflow's own login. `[]` means none. Default: every enabled one that has headers.",
      "type": [
        "string",
        "array"
      ],
      "items": {
        "type": "string"
      }
    },
    "tags": {
      "description": "The instances that add run tags; of two that set the same tag the later wins. `[]` means none. Default: every enabled one that can.",
      "type": [
        "string",
        "array"
      ],
      "items": {
        "type": "string"
      }
    },
    "allowInsecure": {
      "description": "Whether credentials may travel over plain http to a host that is not loopback. Through HTTP_PROXY they go in a tunnel (CONNECT); a proxy that opens none needs the host in NO_PROXY.",
      "type": "boolean",
      "default": false
    },
    "tls": {
      "description": "TLS towards this server. Files are read again within a second of a change, without a restart.",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "ca": {
          "description": "PEM file of the authorities to trust in place of the system's.",
          "$ref": "mlflow-auth:values#/$defs/path",
          "x-env": [
            "MLFLOW_TRACKING_SERVER_CERT_PATH",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "SSL_CERT_FILE"
          ]
        },
        "cert": {
          "description": "PEM file of the client certificate.",
          "$ref": "mlflow-auth:values#/$defs/path",
          "x-env": [
            "MLFLOW_TRACKING_CLIENT_CERT_PATH"
          ]
        },
        "key": {
          "description": "PEM file of the client certificate's key. Default: the file that `cert` names.",
          "$ref": "mlflow-auth:values#/$defs/path"
        },
        "insecureSkipVerify": {
          "description": "Accepts any certificate. Only for a test server.",
          "type": "boolean",
          "x-env": [
            "MLFLOW_TRACKING_INSECURE_TLS"
          ]
        }
      }
    },
    "anonymous": {
      "description": "`allowed`: where a plugin of `auth` answers that a request needs no credential, it goes out without one. Else that answer counts as a failure, and the request is not sent.",
      "const": "allowed"
    },
    "connections": {
      "description": "How many requests `exec` and `proxy` send to this server at a time; more wait for one to end, and a warning tells when one has waited for 5 s. Default: 64. The library has no limit.",
      "type": "integer",
      "minimum": 1,
      "maximum": 10000,
      "examples": [
        256
      ]
    },
    "gateway": {
      "description": "MLflow's AI gateway, below `/gateway/` of this server, which passes headers on to LLM providers. Without this a request there carries the credential only where MLflow is known to keep it to itself, and is refused elsewhere.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "header"
      ],
      "properties": {
        "header": {
          "description": "The header in which the credential goes to the gateway, whatever version of MLflow answers. The risk: unless MLflow or a proxy in front of it takes that header off, the LLM provider gets the credential and can use it.",
          "type": "string",
          "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$",
          "x-expects": "the name of a header",
          "examples": [
            "X-MLflow-Authorization",
            "Authorization"
          ]
        }
      }
    },
    "server": {
      "description": "One MLflow server.",
      "type": "object",
      "additionalProperties": false,
      "required": [
        "uri"
      ],
      "properties": {
        "uri": {
          "description": "Scheme, host, port and base path. The leftmost label of the host may be, or hold, one `*`.",
          "type": "string",
          "examples": [
            "https://mlflow.example.com/base",
            "https://*.staging.example.com"
          ]
        },
        "auth": {
          "$ref": "#/$defs/auth"
        },
        "headers": {
          "$ref": "#/$defs/headers"
        },
        "tags": {
          "$ref": "#/$defs/tags"
        },
        "allowInsecure": {
          "$ref": "#/$defs/allowInsecure"
        },
        "tls": {
          "$ref": "#/$defs/tls"
        },
        "anonymous": {
          "$ref": "#/$defs/anonymous"
        },
        "gateway": {
          "$ref": "#/$defs/gateway"
        },
        "connections": {
          "$ref": "#/$defs/connections"
        }
      }
    },
    "instance": {
      "description": "A plugin with its options.",
      "type": "object",
      "additionalProperties": true,
      "properties": {
        "plugin": {
          "description": "The plugin's entry-point name, where the instance has another name.",
          "type": "string"
        },
        "package": {
          "description": "The package to take the plugin from, where several provide that name.",
          "type": "string",
          "pattern": "^(?=.{1,214}$)(?:@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-z0-9._~-]*$",
          "x-expects": "the name of a package, such as `@team/plugin-x`"
        },
        "enabled": {
          "description": "False: as if the instance were not in the file.",
          "type": "boolean",
          "default": true
        },
        "optional": {
          "description": "True: if its headers or tags fail, the request goes on without them, with a warning. Credentials are never optional, so it is refused for a plugin that only authenticates.",
          "type": "boolean",
          "default": false
        },
        "timeout": {
          "description": "How long a caller waits for it. The fetch itself goes on, for the next caller.",
          "$ref": "mlflow-auth:values#/$defs/duration",
          "default": "15s"
        }
      }
    }
  }
};

export const valuesSchema: Record<string, unknown> = {
  "$schema": "http://json-schema.org/draft-07/schema#",
  "$id": "mlflow-auth:values",
  "title": "Values that every part of the file shares",
  "$defs": {
    "secret": {
      "title": "Secret",
      "description": "A credential: `${NAME}`, `{ env: NAME }`, `{ file: PATH }` (relative to the file, read again at each fetch) or, with a warning, the text itself.",
      "x-value": "secret",
      "x-expects": "a text such as ${NAME}, or { env: NAME }, or { file: PATH }",
      "type": [
        "string",
        "object"
      ],
      "pattern": "\\S",
      "minProperties": 1,
      "maxProperties": 1,
      "additionalProperties": false,
      "properties": {
        "env": {
          "description": "The name of an environment variable, without `$`.",
          "type": "string",
          "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
          "x-expects": "the name of an environment variable, without $"
        },
        "file": {
          "description": "The path of a regular file; white space around the credential is trimmed.",
          "type": "string",
          "pattern": "\\S",
          "x-expects": "the path of a file"
        }
      }
    },
    "duration": {
      "title": "Duration",
      "description": "A number with a unit: `500ms`, `30s`, `5m` or `1h`.",
      "x-value": "duration",
      "x-expects": "a duration such as 500ms, 30s, 5m or 1h",
      "type": "string",
      "pattern": "^\\d{1,9}(ms|s|m|h)$"
    },
    "path": {
      "title": "Path",
      "description": "The path of a file, relative to the folder of the configuration file.",
      "x-value": "path",
      "x-expects": "the path of a file",
      "type": "string",
      "pattern": "\\S"
    },
    "credential": {
      "title": "Credential",
      "description": "How a secret is sent.",
      "type": "object",
      "additionalProperties": false,
      "default": {},
      "properties": {
        "mode": {
          "description": "`bearer` sends a token, `basic` a user and a password.",
          "enum": [
            "bearer",
            "basic"
          ],
          "default": "bearer"
        },
        "header": {
          "description": "The header's name. In any other than Authorization and Proxy-Authorization a token is sent as it is, without `Bearer`.",
          "type": "string",
          "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$",
          "x-expects": "a header name such as Authorization",
          "default": "Authorization",
          "examples": [
            "X-Api-Key"
          ]
        }
      }
    },
    "cache": {
      "title": "Cache",
      "description": "How long a secret is used.",
      "type": "object",
      "additionalProperties": false,
      "default": {},
      "properties": {
        "ttl": {
          "description": "Until the secret is fetched anew; at least 1s, at most 24h, and never beyond its own end.",
          "$ref": "mlflow-auth:values#/$defs/duration",
          "default": "5m"
        },
        "maxStale": {
          "description": "For how much longer the secret may be used while its backend can't be reached. `0s`: not at all.",
          "$ref": "mlflow-auth:values#/$defs/duration",
          "default": "0s"
        }
      }
    }
  }
};
