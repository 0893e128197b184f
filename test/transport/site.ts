/** Listed servers behind TLS, the files that name their certificates, and a project to call them from. */
import { type EchoServer, echoServer } from "../../core/test/connection/echo-server.ts";
import { createProject, type Project } from "../../proxy/test/project.ts";
import type { Certificate } from "../servers/certificates.ts";
import { startTlsFront, type TlsFront } from "../servers/tls-front.ts";

/** What no other than the listed server may get to see. */
export const canary = `canary-${Math.random().toString(36).slice(2)}`;

export interface Site {
  readonly project: Project;
  /** What stands behind every front; it records what arrives. */
  readonly server: EchoServer;
  /** A server with this certificate before it, which wants a client certificate of the authority (PEM) if one is given. */
  front(certificate: Certificate, clientAuthority?: string): Promise<TlsFront>;
  /** The paths of a certificate and its key, written to files. */
  files(name: string, certificate: Certificate): { cert: string; key: string };
  /** Writes mlflow-auth.yaml and returns the same as an object. */
  configure(...servers: object[]): object;
  stop(): Promise<void>;
}

export async function createSite(): Promise<Site> {
  const project = createProject(canary);
  const server = await echoServer((_seen, response) => response.end("fine"));
  const fronts: TlsFront[] = [];
  return {
    project,
    server,
    async front(certificate, clientAuthority) {
      const front = await startTlsFront({ upstream: server.origin, certificate, clientAuthority });
      fronts.push(front);
      return front;
    },
    files: (name, { cert, key }) => ({
      cert: project.write(`${name}.pem`, cert),
      key: project.write(`${name}.key`, key),
    }),
    configure(...servers) {
      const config = { version: 1, servers, plugins: { test: project.options } };
      project.write("mlflow-auth.yaml", JSON.stringify(config));
      return config;
    },
    async stop() {
      for (const front of fronts) await front.stop();
      await server.close();
      project.remove();
    },
  };
}
