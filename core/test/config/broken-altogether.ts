/** One file with a fault of each kind. */
import type { BrokenFile } from "./broken-file.ts";

export const brokenAltogether: Record<string, BrokenFile> = {
  "everything at once": {
    text: [
      "version: 1",
      "servers:",
      "  - uri: http://CANARY.example.com",
      "    auth: [nobody]",
      "  - uri: https://x.example.com?CANARY",
      "    headrs: [stamp]",
      "    tags: [stamp]",
      "plugins:",
      "  backend:",
      "    address: ${UNSET}",
      "    token: &a CANARY",
      "    cache: { ttl: CANARY, maxStal: 1h }",
      "    auth: { method: approle, secretId: {} }",
      "  stamp: { optional: perhaps }",
      "  vault: {}",
      "",
    ].join("\n"),
    problems: [
      "3:10 SERVER_CLEARTEXT",
      "4:12 PLUGIN_UNKNOWN",
      "5:10 SERVER_URI",
      "6:5 UNKNOWN_FIELD",
      "7:12 PLUGIN_INTERFACE",
      "10:14 VARIABLE_MISSING",
      "11:15 CONFIG_SYNTAX",
      "12:19 WRONG_VALUE",
      "12:27 UNKNOWN_FIELD",
      "13:5 MISSING_FIELD",
      "13:40 WRONG_VALUE",
      "14:22 WRONG_TYPE",
      "15:3 PLUGIN_NOT_INSTALLED",
    ],
  },
};
