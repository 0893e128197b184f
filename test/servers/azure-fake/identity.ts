/** Where a managed identity is had: the metadata service of virtual machines, and the endpoint of App Service. Both speak plain http. */
import { randomUUID } from "node:crypto";
import type { Answer, Call, Fault } from "../fake-call.ts";
import type { Tokens } from "./tokens.ts";

export interface FakeIdentity {
  /** What App Service's clients must show, from their environment. */
  readonly secret: string;
  /** The user-assigned identity. Without a client id it is the system-assigned one, which has this id, too. */
  readonly clientId: string;
  readonly faults: Fault[];
  /** The paths that were asked with all that belongs to them. */
  readonly asked: string[];
  answer(call: Call): Fault;
}

export function createIdentity(tenant: string, resource: string, tokens: Tokens): FakeIdentity {
  const identity: FakeIdentity = {
    secret: randomUUID(),
    clientId: randomUUID(),
    faults: [],
    asked: [],
    answer({ method, url, headers }) {
      // Microsoft's library writes a slash at the end.
      const path = url.pathname.replace(/\/$/, "");
      const isMachine = path === "/metadata/identity/oauth2/token";
      const isApp = path === "/msi/token";
      if (method !== "GET" || !(isMachine || isApp)) return failure(404, "not_found", "There is nothing here.");
      if (isMachine && headers["metadata"] !== "true") {
        return failure(400, "bad_request_102", "Required metadata header not specified");
      }
      if (isApp && headers["x-identity-header"] !== identity.secret) return failure(401, "unauthorized_client", "No.");
      const version = isMachine ? "2018-02-01" : "2019-08-01";
      const client = url.searchParams.get("client_id") ?? identity.clientId;
      if (url.searchParams.get("api-version") !== version || url.searchParams.get("resource") !== resource) {
        return failure(400, "invalid_resource", "AADSTS500011: The resource principal was not found.");
      }
      const fault = identity.faults.shift();
      if (fault !== undefined) return fault;
      if (client !== identity.clientId) return failure(400, "invalid_request", "Identity not found");
      identity.asked.push(path);
      const expires = Math.floor(Date.now() / 1000) + 3_600;
      const access_token = tokens.mint({ audience: resource, tenant, client });
      const body = { access_token, expires_on: String(expires), resource, token_type: "Bearer", client_id: client };
      return { status: 200, body };
    },
  };
  return identity;
}

function failure(status: number, error: string, error_description: string): Answer {
  return { status, body: { error, error_description } };
}
