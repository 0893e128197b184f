import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { request } from "undici";
import * as assert from "uvu/assert";
import { echoServer } from "../connection/echo-server.js";
import { clientOf, fetchWith } from "./client-fixture.js";
import { rewriter } from "./rewriting-providers.js";

const test = suite("addresses in the answers of a server whose addresses are rewritten");

/** What the server of `/inner/api/2.0/x` sends, and what the client of `/api/2.0/x` gets. */
const addresses: Record<string, [header: string, sent: string, got: string]> = {
  "a redirect within the server": ["location", "ORIGIN/inner/api/2.0/y?z=1#f", "ORIGIN/api/2.0/y?z=1#f"],
  "a redirect without a host": ["location", "/inner/api/y", "ORIGIN/api/y"],
  "a relative redirect": ["location", "y", "ORIGIN/api/2.0/y"],
  "a relative redirect to what is not rewritten": ["location", "../../../health", "ORIGIN/health"],
  "a redirect to what is not rewritten": ["location", "/health", "/health"],
  "a redirect elsewhere": ["location", "https://elsewhere.test/inner/api/y", "https://elsewhere.test/inner/api/y"],
  "a redirect that is no address": ["location", "https://[", "https://["],
  "a redirect with the host alone": ["location", "//HOST/inner/api/y", "ORIGIN/api/y"],
  "a redirect with another host alone": ["location", "//elsewhere.test/inner/api/y", "//elsewhere.test/inner/api/y"],
  "a redirect with another port": ["location", "http://127.0.0.1:1/inner/api/y", "http://127.0.0.1:1/inner/api/y"],
  "a redirect with another scheme": ["location", "https://HOST/inner/api/y", "https://HOST/inner/api/y"],
  "a redirect of a query alone": ["location", "?page=2", "ORIGIN/api/2.0/x?page=2"],
  "a redirect of a fragment alone": ["location", "#f", "ORIGIN/api/2.0/x#f"],
  "an empty redirect": ["location", "", "ORIGIN/api/2.0/x"],
  "a Content-Location": ["content-location", "/inner/api/y", "ORIGIN/api/y"],
  links: [
    "link",
    "</inner/api/a>; rel=next, <https://h.test/>; rel=x",
    "<ORIGIN/api/a>; rel=next, <https://h.test/>; rel=x",
  ],
  "what stands between a link's quotes": [
    "link",
    '</inner/api/a>; title="a, </inner/api/b>, \\"<c>"; rel=next,<d>;rel="up"',
    '<ORIGIN/api/a>; title="a, </inner/api/b>, \\"<c>"; rel=next,<ORIGIN/api/2.0/d>;rel="up"',
  ],
  "links with commas": [
    "link",
    "</inner/api/a,b>; rel=next, </inner/api/c>",
    "<ORIGIN/api/a,b>; rel=next, <ORIGIN/api/c>",
  ],
  "a cookie's path": ["set-cookie", "a=b; Path=/inner/api; HttpOnly", "a=b; Path=/api; HttpOnly"],
  "another cookie's path": ["set-cookie", "a=/inner/api; path=/", "a=/inner/api; path=/"],
  "any other header": ["x-at", "/inner/api", "/inner/api"],
};

for (const [name, [header, sent, got]] of Object.entries(addresses)) {
  test(`${name} in an answer is what the client knows it by, by fetch and by undici`, async () => {
    const inFull = (text: string) =>
      text.replaceAll("ORIGIN", server.origin).replaceAll("HOST", new URL(server.origin).host);
    const server = await echoServer((_, response) => {
      response.setHeader(header, inFull(sent));
      response.writeHead(header === "location" ? 307 : 200).end();
    });
    closeAfterwards(() => server.close());
    const { dispatcher } = clientOf([{ uri: server.origin, auth: [rewriter().bound] }]);
    const url = `${server.origin}/api/2.0/x`;
    const fetched = await fetchWith(dispatcher, url, { redirect: "manual" });
    assert.is(fetched.headers.get(header), inFull(got));
    const { headers, body } = await request(url, { dispatcher });
    assert.is([headers[header]].flat()[0], inFull(got));
    await body.dump();
  });
}

test.run();
