/** Options that a plugin does not take; and plugins that are not there, or not for what they are named for. */
import { after, type BrokenFile, options } from "./broken-file.ts";

export const brokenPlugins: Record<string, BrokenFile> = {
  // Its options
  "an unknown option": {
    text: options("adress: https://CANARY.example.com\n"),
    problems: ["5:5 UNKNOWN_FIELD"],
  },
  "an option that stands beside its plugin": {
    text: `${options("timeout: 5s\n")}  address: https://CANARY.example.com\n`,
    problems: ["6:3 UNKNOWN_FIELD"],
  },
  "an option of another form": { text: options("address: CANARY\n"), problems: ["5:14 WRONG_VALUE"] },
  "none of the values there are": {
    text: options("address: https://x.example.com\nmode: CANARY\n"),
    problems: ["6:11 WRONG_VALUE"],
  },
  "a number out of range": {
    text: options("address: https://x.example.com\nretries: 11\n"),
    problems: ["6:14 WRONG_VALUE"],
  },
  "a wrong item of a list": {
    text: options("address: https://x.example.com\nscopes: [CANARY, 7]\n"),
    problems: ["6:22 WRONG_TYPE"],
  },
  "a duration without a unit": {
    text: options("address: https://x.example.com\ncache: { ttl: '5' }\n"),
    problems: ["6:19 WRONG_VALUE"],
  },
  "a secret in an unknown way": {
    text: options("address: https://x.example.com\ntoken: { evn: CANARY }\n"),
    problems: ["6:14 UNKNOWN_FIELD"],
  },
  "a secret in two ways": {
    text: options("address: https://x.example.com\ntoken: { env: CANARY, file: CANARY }\n"),
    problems: ["6:12 WRONG_VALUE"],
  },
  "a secret's variable with a dollar": {
    text: options("address: https://x.example.com\ntoken: { env: $CANARY }\n"),
    problems: ["6:19 WRONG_VALUE"],
  },
  "a login without a method": {
    text: options("address: https://x.example.com\nauth: { roleId: CANARY }\n"),
    problems: ["6:5 MISSING_FIELD"],
  },
  "a method that does not exist": {
    text: options("address: https://x.example.com\nauth: { method: CANARY }\n"),
    problems: ["6:21 WRONG_VALUE"],
  },
  "an option of another method": {
    text: options("address: https://x.example.com\nauth: { method: token, roleId: CANARY }\n"),
    problems: ["6:28 UNKNOWN_FIELD"],
  },
  "an environment variable of another form": {
    text: options("retries: 1\n"),
    env: { BACKEND_ADDR: "CANARY" },
    problems: ["4:3 WRONG_VALUE"],
  },

  // Which plugin, and where
  "a plugin that is not installed": {
    text: after("plugins:\n  vault: { token: CANARY }\n"),
    problems: ["4:3 PLUGIN_NOT_INSTALLED"],
  },
  "a package whose name is a command": {
    text: after("plugins:\n  vault: { package: CANARY; rm -rf x }\n"),
    problems: ["4:21 WRONG_VALUE"],
  },
  "a package whose name is an option": {
    text: after("plugins:\n  x: { package: --CANARY }\n"),
    problems: ["4:17 WRONG_VALUE"],
  },
  "a package from elsewhere": {
    text: after("plugins:\n  x: { package: 'git+https://CANARY' }\n  y: { package: ../CANARY }\n"),
    problems: ["4:17 WRONG_VALUE", "5:17 WRONG_VALUE"],
  },
  "a package with escape codes": {
    text: after('plugins:\n  x: { package: "\\e[2KCANARY" }\n  y: { package: "x\\nCANARY" }\n'),
    problems: ["4:17 WRONG_VALUE", "5:17 WRONG_VALUE"],
  },
  "a package by a variable": {
    text: after("plugins:\n  x: { package: '${SET};' }\n"),
    problems: ["4:17 WRONG_VALUE"],
  },
  "an instance name that is none, beside an unknown one": {
    text: after("auth: nobody\nplugins:\n  'CANARY x': {}\n"),
    problems: ["3:7 PLUGIN_UNKNOWN", "5:3 WRONG_VALUE"],
  },
  "a plugin that nobody has": {
    text: after("plugins:\n  x: { plugin: CANARY }\n"),
    problems: ["4:3 PLUGIN_NOT_INSTALLED"],
  },
  "an unknown instance": {
    text: after("auth: CANARY\nheaders: [stamp, CANARY]\nplugins: { stamp: {} }\n"),
    problems: ["3:7 PLUGIN_UNKNOWN", "4:18 PLUGIN_UNKNOWN"],
  },
  "an instance that is not enabled": {
    text: after("headers: [stamp]\nplugins: { stamp: { enabled: false } }\n"),
    problems: ["3:11 PLUGIN_UNKNOWN"],
  },
  "one credential for two locks": {
    text: after("auth: second\nheaders: [stamp, second]\nplugins: { second: {}, stamp: {} }\n"),
    problems: ["4:18 FIELD_CONFLICT"],
  },
  "one credential for two locks, by default": {
    text: after("headers: second\nplugins: { second: {} }\n"),
    problems: ["3:10 FIELD_CONFLICT"],
  },
  "an instance without that interface": {
    text: after("auth: stamp\ntags: [stamp]\nplugins: { stamp: {} }\n"),
    problems: ["3:7 PLUGIN_INTERFACE", "4:8 PLUGIN_INTERFACE"],
  },
  "two that can authenticate": {
    text: after("plugins: { second: {}, other: { plugin: second } }\n"),
    problems: ["1:1 AUTH_AMBIGUOUS"],
  },
  "two that can authenticate one of two servers": {
    text: "version: 1\nservers:\n  - uri: https://a.example.com\n    auth: second\n  - uri: https://b.example.com\nplugins: { second: {}, other: { plugin: second } }\n",
    problems: ["5:5 AUTH_AMBIGUOUS"],
  },
  "two that can authenticate three servers": {
    text: "version: 1\nservers:\n  - uri: https://a.example.com\n  - uri: https://b.example.com\n  - uri: https://c.example.com\nplugins: { second: {}, other: { plugin: second } }\n",
    problems: ["3:5 AUTH_AMBIGUOUS"],
  },
  "a time-out of nothing": { text: after("plugins: { stamp: { timeout: 0s } }\n"), problems: ["3:30 WRONG_VALUE"] },
};
