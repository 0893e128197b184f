/** Core's own fields. */
import { after, type BrokenFile, options, server } from "./broken-file.ts";

export const brokenFields: Record<string, BrokenFile> = {
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
};
