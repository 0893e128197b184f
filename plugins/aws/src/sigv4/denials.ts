/** Which 403s of AWS say that the signature was right and its owner lacks a permission. */

/** About the signature, its time or its keys, in the words of API Gateway and by the names of exceptions. */
const REJECTED =
  /signature|security token|credential|InvalidClientTokenId|UnrecognizedClient|ExpiredToken|TimeTooSkewed|RequestExpired/i;

/** IAM's sentence, and the name that services give it; both are documented. */
const DENIED = /is not authorized to (?:perform|access)|explicit deny|AccessDenied/i;

/** What API Gateway says of a signed request to a path or with a method that the API does not have. */
const NO_SUCH_ROUTE = /Missing Authentication Token/i;

/**
 * `{"message":"Forbidden"}`, which HTTP APIs answer for either, is not among them: it may be the signature.
 *
 * @param body the beginning of the answer's body
 */
export function isAccessDenial(body: string): boolean {
  if (NO_SUCH_ROUTE.test(body)) return true;
  return DENIED.test(body) && !REJECTED.test(body);
}
