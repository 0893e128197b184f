/** What AWS's words about a refused signature mean, and what to do: nothing of them is repeated, for they may quote what was signed. */
import type { ExplainedRejection } from "@mlflow-auth/core/plugin";
import { isAccessDenial } from "./denials.js";

/** What requests are signed with. */
export interface SignedFor {
  /** Of the plugin in the file. */
  readonly instance: string;
  readonly service: string;
  /** Undefined: that of the login. */
  readonly region: string | undefined;
}

type Rule = readonly [words: RegExp, explain: (signed: SignedFor) => ExplainedRejection];

/** In the words of API Gateway and by the names of exceptions. What is said first here is the surer cause. */
const RULES: readonly Rule[] = [
  [
    /scoped to a valid region/i,
    ({ instance, region }) => ({
      what: `it signs for another region${region === undefined ? "" : ` (${region})`} than the server's`,
      remedy: `set region of plugins.${instance} to the region that the server is in`,
    }),
  ],
  [
    /scoped to (?:the )?correct service/i,
    ({ instance, service }) => ({
      what: `it signs for another service (${service}) than the server's`,
      remedy: `set service of plugins.${instance} to the one that the server belongs to: execute-api for API Gateway, which is the default`,
    }),
  ],
  [
    /Signature expired|not yet current|TimeTooSkewed|RequestExpired/i,
    () => ({
      what: "the date of the signature is too far from the server's clock",
      remedy: "set the clock of this machine by NTP, and have the server's looked at",
    }),
  ],
  [
    /ExpiredToken|token included in the request is expired/i,
    ({ instance }) => ({
      what: "the session of its keys has ended",
      remedy: `log in anew where plugins.${instance} takes its keys from: aws sso login, or new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN`,
    }),
  ],
  [
    /UnrecognizedClient|InvalidClientTokenId|security token included in the request is invalid/i,
    ({ instance }) => ({
      what: "AWS does not know its keys, or not with this session",
      remedy: `look whose keys plugins.${instance} signs with, and whether AWS_SESSION_TOKEN goes with AWS_ACCESS_KEY_ID: aws sts get-caller-identity`,
    }),
  ],
  [
    /signature we calculated does not match/i,
    ({ instance }) => ({
      what: "the signature is not the one that AWS computes",
      remedy: `check that AWS_SECRET_ACCESS_KEY goes with AWS_ACCESS_KEY_ID where plugins.${instance} takes its keys from, and that no proxy in front of the server changes requests`,
    }),
  ],
];

/** @param text the beginning of the answer's body */
export function explainRejection(text: string, signed: SignedFor): ExplainedRejection | undefined {
  const rule = RULES.find(([words]) => words.test(text));
  if (rule !== undefined) return rule[1](signed);
  if (!isAccessDenial(text) || /Missing Authentication Token/i.test(text)) return undefined;
  return {
    what: "the signature is right, and its owner lacks a permission",
    remedy: `have ${signed.service} allowed to the identity of plugins.${signed.instance} (aws sts get-caller-identity shows it) in IAM`,
  };
}
