import { isLoopback, MlflowAuthError, type OpenedAuthorizer } from "@mlflow-auth/core/internal";

/** @throws MlflowAuthError `USAGE` if what was given as a URL on the command line is not one (`localhost:5000`). It is not repeated */
export function requireUrl(text: string): void {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return;
  throw new MlflowAuthError("USAGE", "what was given as the URL is not an absolute http or https URL", {
    remedy: WITH_SCHEME,
  });
}

const WITH_SCHEME = "write it with its scheme, for example https://mlflow.example.com";

/** What the opened authorizer knows of the listed servers: which there are, and which of them a URL belongs or comes close to. */
export type ListedServers = Pick<OpenedAuthorizer, "config" | "serverFor" | "nearMiss">;

/**
 * Why a URL belongs to no listed server, and which comes close: for an error, whose message has no full stop.
 * The query and a password in the URL are not repeated.
 */
export function explainMiss(url: string, { config, nearMiss }: ListedServers): { message: string; remedy: string } {
  const list = config.servers.map(({ uri }) => uri).join(", ");
  const parsed = URL.parse(url);
  if (parsed === null) {
    return { message: "that is not an absolute URL", remedy: WITH_SCHEME };
  }
  const shown = parsed.origin === "null" ? `${parsed.protocol}…` : `${parsed.origin}${parsed.pathname}`;
  const near = nearMiss(url);
  if (near === undefined && config.environment !== undefined) {
    return {
      message: `${shown} is not the server of MLFLOW_TRACKING_URI, which is the only one without a file`,
      remedy: `use ${list}, or write a file with \`mlflow-auth init\` that lists more servers`,
    };
  }
  if (near === undefined) {
    return {
      message: `${shown} belongs to no server of the file`,
      remedy: `list it under \`servers\`, or use one of those that are listed: ${list}`,
    };
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return {
      message: `${shown} was given with a user name or password`,
      remedy: "leave them out; the file gives the credential",
    };
  }
  return {
    message: `${shown} is on the host of ${near.uri}, but ${difference(parsed, new URL(near.uri))}`,
    remedy: `use the address below ${near.uri}, or list this one under \`servers\``,
  };
}

function difference(url: URL, server: URL): string {
  if (url.protocol !== server.protocol)
    return `its scheme is ${url.protocol.slice(0, -1)}, not ${server.protocol.slice(0, -1)}`;
  if (isLoopback(url.hostname) && url.hostname !== server.hostname)
    return `its host name is written ${url.hostname}, not ${server.hostname}`;
  if (url.port !== server.port) return `its port is ${portOf(url)}, not ${portOf(server)}`;
  return `its path does not lie below ${server.pathname}, or is written in a way that servers read differently`;
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}
