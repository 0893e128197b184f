/** What is no YAML or JSON that we take. */
import { after, type BrokenFile, options } from "./broken-file.ts";

export const brokenTexts: Record<string, BrokenFile> = {
  "a quote that is not closed": { text: after('tls: { ca: "CANARY\n'), problems: ["3:12 CONFIG_SYNTAX"] },
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
};
