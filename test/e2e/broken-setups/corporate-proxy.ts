/** A server that is reached through the proxy of the company alone: this machine does not know its name. */
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { createAuthority } from "../../servers/certificates.ts";
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from "../../servers/connect-proxy.ts";
import { startTlsFront } from "../../servers/tls-front.ts";
import type { Patient } from "./patient.ts";

export const HOST = "mlflow.corporation.test";

/** Has the file look there. No variable names the proxy yet. */
export async function behindProxy(
  { scene, edit, project }: Patient,
  options: Partial<ConnectProxyOptions> = {},
): Promise<ConnectProxy> {
  const authority = await createAuthority();
  const front = await startTlsFront({ upstream: scene.front.uri, certificate: await authority.issue({ host: HOST }) });
  closeAfterwards(front.stop);
  const proxy = await startConnectProxy({
    routes: { [`${HOST}:443`]: Number(new URL(front.address).port) },
    ...options,
  });
  closeAfterwards(proxy.stop);
  edit(scene.front.uri, `https://${HOST}\ntls: { ca: ${project.write("ca.pem", authority.cert)} }`);
  return proxy;
}
