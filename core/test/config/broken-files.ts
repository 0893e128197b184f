/** Files that are refused, with each problem as `line:column CODE`. CANARY stands for what may never be printed. */
export interface BrokenFile {
  text: string;
  /** Default mlflow-auth.yaml. */
  file?: string;
  /** Beside SET, which holds the canary, and EMPTY. */
  env?: Record<string, string>;
  problems: string[];
}

/** A file whose head is right: what follows begins on line 3. */
const after = (rest: string) => `version: 1\ntrackingUri: https://mlflow.example.com\n${rest}`;
/** The options of an instance of `backend`, which begin on line 5, in column 5. */
const options = (rest: string) => after(`plugins:\n  backend:\n${rest.replace(/^(?=.)/gm, "    ")}`);
const server = (uri: string) => `version: 1\nservers:\n  - uri: ${uri}\n`;

export const brokenFiles: Record<string, BrokenFile> = {
  // Text
  "a quote that is not closed": { text: after('tls: { ca: "CANARY\n'), problems: ["4:1 CONFIG_SYNTAX"] },
  "a tab as indentation": { text: after("plugins:\n\tbackend: CANARY\n"), problems: ["4:1 CONFIG_SYNTAX"] },
  "a nested mapping on one line": { text: after("auth: x: CANARY\n"), problems: ["3:7 CONFIG_SYNTAX"] },
  "a reserved character": { text: after("auth: @CANARY\n"), problems: ["3:7 CONFIG_SYNTAX"] },
  "an escape that does not exist": { text: after('auth: "\\q CANARY"\n'), problems: ["3:8 CONFIG_SYNTAX"] },
  "an anchor and its alias": {
    text: after("auth: &CANARY x\nheaders: *CANARY\n"),
    problems: ["3:15 CONFIG_SYNTAX", "4:10 CONFIG_SYNTAX"],
  },
  "an alias of nothing": { text: after("auth: *CANARY\n"), problems: ["3:7 CONFIG_SYNTAX"] },
  "a tag": {
    text: after("auth: !!str CANARY\nheaders: !CANARY []\n"),
    problems: ["3:13 CONFIG_SYNTAX", "4:18 CONFIG_SYNTAX"],
  },
  "a merge key": {
    text: options("<<: { address: CANARY }\naddress: https://x.example.com\n"),
    problems: ["5:5 CONFIG_SYNTAX"],
  },
  "a second document": { text: after("---\nauth: CANARY\n"), problems: ["3:1 CONFIG_SYNTAX"] },
  "a directive": { text: `%YAML 1.1\n---\n${after("")}`, problems: ["1:1 CONFIG_SYNTAX"] },
  "a duplicate key": { text: after("auth: []\nauth: CANARY\n"), problems: ["4:1 CONFIG_SYNTAX"] },
  "a number as a key": { text: after("plugins: { 7: { token: CANARY } }\n"), problems: ["3:12 CONFIG_SYNTAX"] },
  "a list as a key": { text: after("? [CANARY]\n: x\n"), problems: ["3:3 CONFIG_SYNTAX"] },
  "nesting without end": {
    text: after(`auth: ${"[".repeat(80)}CANARY${"]".repeat(80)}\n`),
    problems: ["3:8 WRONG_TYPE", "3:71 CONFIG_SYNTAX"],
  },
  "JSON with a comment": {
    file: "mlflow-auth.json",
    text: '{\n  "version": 1, // CANARY\n  "trackingUri": "https://x.example.com"\n}',
    problems: ["2:17 CONFIG_SYNTAX"],
  },
  "JSON with a trailing comma": {
    file: "mlflow-auth.json",
    text: '{\n  "version": 1,\n  "auth": ["CANARY",]\n}',
    problems: ["3:21 CONFIG_SYNTAX"],
  },
  "JSON that ends early": {
    file: "mlflow-auth.json",
    text: '{ "version": 1, "auth": "CANARY"',
    problems: ["1:33 CONFIG_SYNTAX"],
  },
  "JSON that is nested without end": {
    file: "mlflow-auth.json",
    text: `{ "version": 1, "auth": ${"[".repeat(3000)}"CANARY"`,
    problems: ["1:3033 CONFIG_SYNTAX"],
  },
  "JSON that is nested beyond what a parser bears": {
    file: "mlflow-auth.json",
    text: `{ "version": 1, "auth": ${'[{"CANARY":'.repeat(20_000)}`,
    problems: ["1:220025 CONFIG_SYNTAX"],
  },
  "JSON with a duplicate key": {
    file: "mlflow-auth.json",
    text: '{\n  "version": 1,\n  "trackingUri": "https://x.example.com",\n  "version": "CANARY"\n}',
    problems: ["4:3 CONFIG_SYNTAX"],
  },

  // Fields
  "no mapping at all": { text: "- CANARY\n", problems: ["1:1 WRONG_TYPE"] },
  "no version": { text: "\ntrackingUri: https://x.example.com\n", problems: ["2:1 MISSING_FIELD"] },
  "another version": { text: "version: 2\ntrackingUri: https://x.example.com\n", problems: ["1:10 WRONG_VALUE"] },
  "an unknown field": { text: after("trackinguri: CANARY\n"), problems: ["3:1 UNKNOWN_FIELD"] },
  "an unknown field of a server": {
    text: `${server("https://x.example.com")}    url: CANARY\n`,
    problems: ["4:5 UNKNOWN_FIELD"],
  },
  "a server without a URI": { text: "version: 1\nservers:\n  - auth: []\n", problems: ["3:5 MISSING_FIELD"] },
  "servers that are no list": { text: "version: 1\nservers: CANARY\n", problems: ["2:10 WRONG_TYPE"] },
  "no server in the list": { text: "version: 1\nservers: []\n", problems: ["2:10 WRONG_VALUE"] },
  "no server at all": { text: "version: 1\nplugins: {}\n", problems: ["1:1 MISSING_FIELD"] },
  "a gateway without a header": { text: after("gateway: {}\n"), problems: ["3:1 MISSING_FIELD"] },
  "a gateway's header that is none": {
    text: after("gateway: { header: 'CANARY x' }\n"),
    problems: ["3:20 WRONG_VALUE"],
  },
  "a gateway's header of the transport": {
    text: after("gateway: { header: Transfer_Encoding }\n"),
    problems: ["3:20 WRONG_VALUE"],
  },
  "an unknown field of a gateway": {
    text: after("gateway: { header: X-A, headers: CANARY }\n"),
    problems: ["3:25 UNKNOWN_FIELD"],
  },
  "a text for a boolean": { text: after("allowInsecure: 'CANARY'\n"), problems: ["3:16 WRONG_TYPE"] },
  "another word than `allowed` for going bare": {
    text: after("anonymous: CANARY\n"),
    problems: ["3:12 WRONG_VALUE"],
  },
  "a yes for going bare": { text: after("anonymous: true\n"), problems: ["3:12 WRONG_VALUE"] },
  "the word for going bare beside `servers`": {
    text: `${server("https://x.example.com")}anonymous: allowed\n`,
    problems: ["4:1 FIELD_CONFLICT"],
  },
  "a number for a text": { text: after("tls: { ca: 17 }\n"), problems: ["3:12 WRONG_TYPE"] },
  "an instance without a value": { text: after("plugins:\n  stamp:\n"), problems: ["4:9 WRONG_TYPE"] },
  "an instance name that is none": { text: after("plugins:\n  'CANARY x': {}\n"), problems: ["4:3 WRONG_VALUE"] },
  "a __proto__ key": { text: after("__proto__: { auth: CANARY }\n"), problems: ["3:1 UNKNOWN_FIELD"] },
  "a time-out without a unit": {
    text: options("address: https://x.example.com\ntimeout: 15\n"),
    problems: ["6:14 WRONG_TYPE"],
  },
  "both forms at once": {
    text: "version: 1\ntrackingUri: https://CANARY.example.com\nauth: []\nservers:\n  - uri: https://x.example.com\n",
    problems: ["2:1 FIELD_CONFLICT", "3:1 FIELD_CONFLICT"],
  },
  "each field of the short form beside servers": {
    text: "version: 1\nservers: [{ uri: https://x.example.com }]\nheaders: []\ntags: []\nallowInsecure: true\ntls: {}\n",
    problems: ["3:1 FIELD_CONFLICT", "4:1 FIELD_CONFLICT", "5:1 FIELD_CONFLICT", "6:1 FIELD_CONFLICT"],
  },
  "the whole short form beside the long one": {
    text: "version: 1\ntls: { ca: CANARY }\nallowInsecure: true\nheaders: []\ntags: []\nservers:\n  - uri: https://x.example.com\n",
    problems: ["2:1 FIELD_CONFLICT", "3:1 FIELD_CONFLICT", "4:1 FIELD_CONFLICT", "5:1 FIELD_CONFLICT"],
  },
  "a credential that is said to be optional": {
    text: options("address: https://x.example.com\noptional: true\n"),
    problems: ["6:5 FIELD_CONFLICT"],
  },

  // Servers
  "an address that is no URL": { text: server("CANARY"), problems: ["3:10 SERVER_URI"] },
  "another scheme": { text: server("ftp://CANARY"), problems: ["3:10 SERVER_URI"] },
  "a user in the address": { text: server("https://me:CANARY@x.example.com"), problems: ["3:10 SERVER_URI"] },
  "a query in the address": { text: server("https://x.example.com/?api_key=CANARY"), problems: ["3:10 SERVER_URI"] },
  "a fragment in the address": { text: server("https://x.example.com/#CANARY"), problems: ["3:10 SERVER_URI"] },
  "a star for two labels": { text: server("https://*.*.example.com/CANARY"), problems: ["3:10 SERVER_URI"] },
  "a star further right": { text: server("https://CANARY.*.com"), problems: ["3:10 SERVER_URI"] },
  "a star for every host": { text: server("https://*/CANARY"), problems: ["3:10 SERVER_URI"] },
  "a star in the path": { text: server("https://x.example.com/CANARY/*"), problems: ["3:10 SERVER_URI"] },
  "a path with dots": { text: server("https://x.example.com/CANARY/../x"), problems: ["3:10 SERVER_URI"] },
  "a path with encoded dots": { text: server("https://x.example.com/CANARY/%2e%2E/x"), problems: ["3:10 SERVER_URI"] },
  "a host with a trailing dot": { text: server("https://x.example.com./CANARY"), problems: ["3:10 SERVER_URI"] },
  "letters beyond ASCII in the host": {
    text: server("https://\uff4d.example.com/CANARY"),
    problems: ["3:10 SERVER_URI"],
  },
  "cleartext beyond loopback": { text: server("http://CANARY.example.com"), problems: ["3:10 SERVER_CLEARTEXT"] },
  "cleartext to something like loopback": {
    text: server("http://127.0.0.1.example.com/CANARY"),
    problems: ["3:10 SERVER_CLEARTEXT"],
  },
  "one server twice": {
    text: `${server("https://CANARY.example.com/base")}  - uri: HTTPS://CANARY.Example.com:443/base/\n`,
    problems: ["4:10 SERVER_DUPLICATE"],
  },

  // Variables
  "a missing variable": { text: after("tls: { ca: 'CANARY/${UNSET}' }\n"), problems: ["3:12 VARIABLE_MISSING"] },
  "an empty variable": { text: after("tls: { ca: '${EMPTY}' }\n"), problems: ["3:12 VARIABLE_MISSING"] },
  "a variable that is none": { text: after("tls: { ca: '${CANARY-x}' }\n"), problems: ["3:12 VARIABLE_SYNTAX"] },
  "a variable that is not closed": { text: after("tls: { ca: '${CANARY' }\n"), problems: ["3:12 VARIABLE_SYNTAX"] },
  "a credential's variable in another field": {
    text: options("address: https://x.example.com/${MY_TOKEN}\n"),
    env: { MY_TOKEN: "x" },
    problems: ["5:14 VARIABLE_SECRET"],
  },
  "a credential's variable in core's own field": {
    text: "version: 1\ntrackingUri: https://${API_KEY}.example.com\n",
    env: { API_KEY: "x" },
    problems: ["2:14 VARIABLE_SECRET"],
  },
  "a credential's variable as the path of a secret": {
    text: options("address: https://x.example.com\ntoken: { file: '${DB_PASSWORD}' }\n"),
    env: { DB_PASSWORD: "x" },
    problems: ["6:20 VARIABLE_SECRET"],
  },
  "a credential's variable in lower case, and each word for one": {
    text: options(
      "address: https://x.example.com/${my_token}\nscopes: ['${a_Secret}', '${b_password}', '${c_key}', '${KEYS}']\n",
    ),
    env: { my_token: "x", a_Secret: "x", b_password: "x", c_key: "x", KEYS: "x" },
    problems: ["5:14 VARIABLE_SECRET", "6:14 VARIABLE_SECRET", "6:29 VARIABLE_SECRET", "6:46 VARIABLE_SECRET"],
  },
  "a credential's variable whose word for it is not the last": {
    text: options("address: https://x.example.com/${MY_TOKEN_PROD}\nscopes: ['${TOKEN_TYPE}', '${DB_PASS}']\n"),
    env: { MY_TOKEN_PROD: "x", TOKEN_TYPE: "x", DB_PASS: "x" },
    problems: ["5:14 VARIABLE_SECRET", "6:31 VARIABLE_SECRET"],
  },
  "a variable in the default of another, also in a secret": {
    text: options("address: https://x.example.com/${SET:-${TAIL}}\ntoken: ${CANARY:-${SET}}\n"),
    problems: ["5:14 VARIABLE_SYNTAX", "6:12 VARIABLE_SYNTAX"],
  },
  "a variable that holds no boolean": {
    text: options("address: https://x.example.com\nverify: ${SET}\n"),
    problems: ["6:13 WRONG_TYPE"],
  },
  "a variable in a part of a boolean": {
    text: options("address: https://x.example.com\nverify: tr${TAIL}\n"),
    env: { TAIL: "ue" },
    problems: ["6:13 WRONG_TYPE"],
  },

  // Plugins' options
  "an unknown option": {
    text: options("adress: https://CANARY.example.com\n"),
    problems: ["4:3 MISSING_FIELD", "5:5 UNKNOWN_FIELD"],
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
