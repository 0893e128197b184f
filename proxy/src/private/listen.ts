/** Has a server listen, or says why it can't. */
import type { Server } from "node:http";
import { MlflowAuthError } from "@mlflow-auth/core/internal";

/** An address, or a socket that listens there already. */
export type ListenAt = { readonly host: string; readonly port: number } | { readonly fd: number };

/** @throws MlflowAuthError `PROXY_LISTEN` */
export function listen(server: Server, at: ListenAt): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(cantListen(error, at));
    server.once("error", fail);
    server.listen(at, () => resolve(void server.off("error", fail)));
  });
}

/** By the codes of the system. */
const reasons: Record<string, [reason: string, remedy: string]> = {
  EADDRINUSE: ["another program listens there", "choose another port, or stop that program"],
  EACCES: ["it needs a privilege that this process lacks", "choose a port of 1024 or above"],
  EADDRNOTAVAIL: ["this machine has no such address", "choose one of its own, for example 127.0.0.1"],
  ENOTFOUND: ["there is no such host", "name an address of this machine, for example 127.0.0.1"],
};

function cantListen({ code = "no detail" }: NodeJS.ErrnoException, at: ListenAt): MlflowAuthError {
  if ("fd" in at) {
    const message = `can't listen on the socket that the program opened for its proxy (${code})`;
    return new MlflowAuthError("PROXY_LISTEN", message, { remedy: "start the program again" });
  }
  const [reason, remedy] = reasons[code] ?? [code, "choose another host or port"];
  return new MlflowAuthError("PROXY_LISTEN", `can't listen on ${at.host}, port ${at.port}: ${reason}`, { remedy });
}
