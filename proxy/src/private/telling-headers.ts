/**
 * Headers of an answer with which a server could have a browser tell others the address of a page, and so the token of the proxy,
 * or could keep hold of that address when something else is served there.
 */

/** Where reports go (https://www.w3.org/TR/reporting-1/), and wider scopes for scripts that stay in the browser. */
const STAYS_HERE: ReadonlySet<string> = new Set([
  "report-to",
  "reporting-endpoints",
  "nel",
  "expect-ct",
  "public-key-pins",
  "public-key-pins-report-only",
  "service-worker-allowed",
  "sourcemap",
  "x-sourcemap",
]);

/** Policies with which a browser would tell other sites the path. */
const TELLING_POLICY = /unsafe-url|no-referrer-when-downgrade/i;
const QUIET_POLICY = "strict-origin-when-cross-origin";

/** A directive of a policy's list (https://www.w3.org/TR/CSP3/#parse-serialized-policy), or a parameter of one, that says where reports go. */
const REPORTING_DIRECTIVE = /(^|[;,])[\t\n\f\r ]*report-(?:uri|to)(?=[\t\n\f\r ;,]|$)[^;,]*/gi;
const REPORTING_PARAMETER = /;[\t ]*report(?:-to|-uri)?[\t ]*=[\t ]*(?:"(?:[^"\\]|\\.)*"|[^;,]*)/gi;
const ENDPOINTS = /(^|,)[\t ]*endpoints[\t ]*=[\t ]*\([^)]*\)/gi;

/**
 * The header without what would tell somebody else the path; undefined: the whole of it would.
 *
 * @param name in lower case
 */
export function withoutTelling(name: string, value: string): string | undefined {
  if (STAYS_HERE.has(name)) return undefined;
  switch (name) {
    case "referrer-policy":
      return TELLING_POLICY.test(value) ? QUIET_POLICY : value;
    case "content-security-policy":
    case "content-security-policy-report-only":
      return value.replace(REPORTING_DIRECTIVE, "$1");
    case "link":
      return value.replace(/(referrerpolicy[\t ]*=[\t ]*"?)[\w-]+/gi, `$1${QUIET_POLICY}`);
    case "integrity-policy":
    case "integrity-policy-report-only":
      return value.replace(ENDPOINTS, "");
    case "cross-origin-embedder-policy":
    case "cross-origin-embedder-policy-report-only":
    case "cross-origin-opener-policy":
    case "cross-origin-opener-policy-report-only":
    case "document-policy":
    case "document-policy-report-only":
    case "permissions-policy":
    case "permissions-policy-report-only":
    case "x-xss-protection":
      return value.replace(REPORTING_PARAMETER, "");
    default:
      return value;
  }
}
