/** `${…}` that fills nothing, or what it must not. */
import { after, type BrokenFile, options } from "./broken-file.ts";

export const brokenVariables: Record<string, BrokenFile> = {
  "a missing variable": { text: after("tls: { ca: 'CANARY/${UNSET}' }\n"), problems: ["3:12 VARIABLE_MISSING"] },
  "an empty variable": { text: after("tls: { ca: '${EMPTY}' }\n"), problems: ["3:12 VARIABLE_MISSING"] },
  "a variable that is none": { text: after("tls: { ca: '${CANARY-x}' }\n"), problems: ["3:12 VARIABLE_SYNTAX"] },
  "a variable that is not closed": { text: after("tls: { ca: '${CANARY' }\n"), problems: ["3:12 VARIABLE_SYNTAX"] },
  "a variable without braces": {
    text: options("address: $CANARY\ntoken: $SET\nscopes: [$SET/x, $$SET]\n").replaceAll("$CANARY", "$SET"),
    problems: ["5:14 VARIABLE_SYNTAX", "6:12 VARIABLE_SYNTAX"],
  },
  "a variable without braces where its name alone belongs": {
    text: options("address: https://x.example.com\ntoken: { env: $SET }\n"),
    problems: ["6:19 VARIABLE_SYNTAX"],
  },
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
};
