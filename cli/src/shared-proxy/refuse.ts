/** What answers where a killed proxy has no successor that could serve: at once, for nobody would take the connections that wait. */
import { createServer } from "node:http";
import { createControl } from "./control.js";
import type { Given } from "./given.js";
import { createLeases } from "./leases.js";

/** Milliseconds: MLflow sends a request again for so long, to the same port. */
const WHILE = 120_000;

const ANSWER =
  "mlflow-auth: the proxy of this program was killed, and another one can't be started, so nothing is sent. Try this: mlflow-auth doctor\n";

/**
 * Refuses every request on a TCP socket that listens already, for two minutes. 403 is not sent again; it says nothing of why, for
 * whoever reaches the port may read it.
 *
 * Programs that ask meanwhile are told no. By that they know that the port is taken, and begin anew on another once it can be done: on
 * this one half of their requests would come here.
 */
export function refuseAll({ listen, control: asked }: Pick<Given, "listen" | "control">): Promise<void> {
  const leases = createLeases({ ended: () => undefined });
  const control = createControl({ answer: async () => ({ no: "it refuses" }), leases });
  return new Promise((resolve) => {
    const server = createServer((req, res) => {
      req.resume();
      res.writeHead(403, { "content-type": "text/plain", connection: "close" }).end(ANSWER);
    });
    const end = () => {
      server.close();
      server.closeAllConnections();
      control.close();
      resolve();
    };
    server.on("error", end);
    server.listen({ fd: listen });
    // Where that can't be had nobody asks.
    if (asked !== null) control.listen(asked).catch(() => undefined);
    setTimeout(end, WHILE);
  });
}
