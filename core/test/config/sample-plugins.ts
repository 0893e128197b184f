import type { PluginPackage } from "../discovery/plugin-packages.ts";

const secret = { $ref: "mlflow-auth:values#/$defs/secret" };
const duration = { $ref: "mlflow-auth:values#/$defs/duration" };

/** A plugin that authenticates, with one option of each kind. */
export const backend: PluginPackage = {
  name: "plugin-backend",
  auth: "backend",
  schema: {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    additionalProperties: false,
    required: ["address"],
    properties: {
      address: {
        type: "string",
        pattern: "^https?://",
        "x-expects": "an address such as https://backend.example.com",
        "x-env": ["BACKEND_ADDR"],
      },
      token: { ...secret, "x-env": ["BACKEND_TOKEN", "BACKEND_TOKEN_OLD"] },
      mode: { enum: ["bearer", "basic"], default: "bearer" },
      retries: { type: "integer", minimum: 0, maximum: 10, "x-env": ["BACKEND_RETRIES"] },
      verify: { type: "boolean" },
      scopes: { type: "array", items: { type: "string" } },
      keys: { type: "array", items: secret },
      caFile: { $ref: "mlflow-auth:values#/$defs/path", "x-env": ["BACKEND_CACERT"] },
      cache: {
        type: "object",
        additionalProperties: false,
        properties: { ttl: { ...duration, default: "5m", "x-env": ["BACKEND_TTL"] }, maxStale: duration },
      },
      auth: {
        type: "object",
        required: ["method"],
        discriminator: { propertyName: "method" },
        oneOf: [
          {
            additionalProperties: false,
            required: ["method", "roleId"],
            properties: {
              method: { const: "approle" },
              roleId: { type: "string", "x-env": ["BACKEND_ROLE_ID"] },
              secretId: { ...secret, "x-env": ["BACKEND_SECRET_ID"] },
            },
          },
          { additionalProperties: false, properties: { method: { const: "token" }, token: secret } },
        ],
      },
    },
  },
};

export const second: PluginPackage = { name: "plugin-second", auth: "second" };
export const stamp: PluginPackage = { name: "plugin-stamp", headers: "stamp" };
export const labels: PluginPackage = { name: "plugin-labels", tags: "labels" };
