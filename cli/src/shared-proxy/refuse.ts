/** What answers where a killed proxy has no successor that could serve: at once, for nobody would take the connections that wait. */
import { createServer } from "node:http";

/** Milliseconds: MLflow sends a request again for so long, to the same port. */
const WHILE = 120_000;

const ANSWER =
  "mlflow-auth: the proxy of this program was killed, and another one can't be started, so nothing is sent. Try this: mlflow-auth doctor\n";

/**
 * Refuses every request on a TCP socket that listens already, for two minutes. 403 is not sent again; it says nothing of why, for
 * whoever reaches the port may read it.
 */
export function refuseAll(descriptor: number): Promise<void> {
  return new Promise((resolve) => {
    const server = createServer((req, res) => {
      req.resume();
      res.writeHead(403, { "content-type": "text/plain", connection: "close" }).end(ANSWER);
    });
    const end = () => {
      server.close();
      server.closeAllConnections();
      resolve();
    };
    server.on("error", end);
    server.listen({ fd: descriptor });
    setTimeout(end, WHILE);
  });
}
