/** Acme in a few lines: what the tests, and `npm run try`, ask in its place. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { canary } from "@mlflow-auth/core/testing";

/** Starts one on a free port, with an API key made up for it. It keeps what the contract suite needs of a backend. */
export async function startFakeAcme() {
  const apiKey = canary();
  let token = canary();
  let count = 0;
  let fault: number | undefined;

  const answers: Record<string, () => object> = {
    "POST /token": () => ({ token, expires_in: 3600 }),
    "POST /keys": () => ({ id: `number ${token.length}-${token.slice(-6)}`, key: token, expires_in: 3600 }),
    "GET /me": () => ({ team: "forecasting" }),
  };

  const server = createServer((request, response) => {
    count++;
    const answer = answers[`${request.method} ${request.url}`];
    const isKnown = request.headers["x-api-key"] === apiKey;
    response.statusCode = fault ?? (isKnown ? (answer === undefined ? 404 : 200) : 401);
    response.end(response.statusCode === 200 ? JSON.stringify(answer?.()) : "");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");

  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    /** What it gives as a token or a key. */
    token: () => token,
    fetches: () => count,
    rotate() {
      token = canary();
    },
    break() {
      fault = 503;
    },
    deny() {
      fault = 403;
    },
    fix() {
      fault = undefined;
    },
    async stop() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
