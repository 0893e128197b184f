/** What a browser tells of the page behind a request, and what of it is let through. */
import type { IncomingMessage } from "node:http";
import { forbidden, Refusal } from "../http/refusal.js";
import type { OwnAddress } from "./own-address.js";

const otherSite = forbidden(
  "a page of another web site asked for this. Only its links are followed, to addresses that hold the token of this proxy. Try this: open the whole address yourself, as the proxy printed it.",
);
const serviceWorker = forbidden(
  "no script is installed as a service worker: it would stay in the browser and rule over whatever is served at this address next. Try this: go on without it, as MLflow's pages do; for one that must have it, open the server itself.",
);

/**
 * A browser sends a request wherever a page says, with no regard to whose page it is. By `Sec-Fetch-Site` it tells whether that was
 * ours (https://www.w3.org/TR/fetch-metadata/); one that does not, as to an address that is not loopback, has only Referer and
 * Origin. Of the other sites' requests those pass that a person made by following a link, where the link holds the token.
 *
 * @param req admitted so far: a foreign Origin is refused already
 * @param prefix the token with the slash before it, where the path holds it; or nothing
 */
export function judgeBrowser(req: IncomingMessage, own: OwnAddress, prefix: string): Refusal | undefined {
  const { headers } = req;
  if (headers["service-worker"] !== undefined) return serviceWorker;
  const site = headers["sec-fetch-site"];
  if (site === undefined) return judgeWithoutSite(req, own);
  if (site === "same-origin" || site === "none") return undefined;
  if (!isFollowedLink(req)) return otherSite;
  if (prefix !== "") return undefined;
  return own.token === undefined ? new HowToOpen() : otherSite;
}

function judgeWithoutSite(req: IncomingMessage, own: OwnAddress): Refusal | undefined {
  const { origin, referer } = req.headers;
  const page = referer === undefined ? undefined : URL.parse(referer)?.origin;
  if (origin !== undefined || (page !== undefined && own.isOwnOrigin(page, req.socket))) return undefined;
  // Whose page it is can't be told. Where there is a token, that has been told us by somebody who knows it.
  const safe = req.method === "GET" || req.method === "HEAD";
  if (own.token !== undefined && (referer === undefined || safe)) return undefined;
  return safe && wantsPage(req) ? new HowToOpen() : otherSite;
}

/** Not what is fetched ahead of the click, either: nobody has decided anything yet. */
function isFollowedLink({ method, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-dest"] === "document" &&
    headers["sec-purpose"] === undefined &&
    headers["purpose"] === undefined
  );
}

function wantsPage({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes("text/html") ?? false;
}

/** A page for a person who followed a link to a proxy that asks for no token. From it the way leads on, for it is ours. */
class HowToOpen extends Refusal {
  constructor() {
    super(
      403,
      "PERMISSION_DENIED",
      "another web site led here, and this proxy asks for no token that would show who meant it.",
    );
  }

  override get headers(): readonly string[] {
    return [
      "content-type",
      "text/html; charset=utf-8",
      "content-security-policy",
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "cache-control",
      "no-store",
      // The link must tell that it is on this page, to a proxy that knows pages by that alone.
      "referrer-policy",
      "same-origin",
    ];
  }

  override get body(): string {
    return `<!doctype html>
<html lang="en">
<title>mlflow-auth proxy</title>
<h1>Nothing was opened</h1>
<p>A link of another web site led here, or your browser does not say where it came from. This proxy asks for no token
(<code>--no-token</code>), so any web site could have sent your browser, and the request was not passed on.</p>
<p>If you meant it, <a href="/">open the server's first page</a>. For the very place, click into the address bar and press Enter.</p>
<p>Links work as they are to a proxy that asks for a token.</p>
</html>
`;
  }
}
