/** An interceptor before one listed server that wants run tags. */
import { Agent } from "undici";
import type { BoundAuth } from "../../src/pipeline/auth.js";
import type { BoundTags } from "../../src/pipeline/tags.js";
import type { Run } from "../../src/provider/provider.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { type EchoServer, echoServer } from "../connection/echo-server.js";
import { authorizerOver, boundTags, type LogLine } from "../pipeline/authorizer-fixture.js";

export interface Setting {
  server: EchoServer;
  dispatcher: Agent;
  log: LogLine[];
  told: Run[];
  close(): Promise<void>;
}

interface SettingOptions {
  tags?: BoundTags[];
  auth?: BoundAuth;
  base?: string;
  server?: EchoServer;
}

export async function setting({ tags, auth, base = "", server }: SettingOptions = {}): Promise<Setting> {
  const told: Run[] = [];
  const team = boundTags("team", (run) => {
    told.push(run);
    return { team: "ä", mine: "not this" };
  });
  const listed = server ?? (await echoServer());
  const { authorizer, log } = authorizerOver([
    { uri: listed.origin + base, tags: tags ?? [team], ...(auth && { auth: [auth] }) },
  ]);
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizer)) as unknown as Agent;
  const close = async () => {
    await agent.close();
    await listed.close();
  };
  return { server: listed, dispatcher, log, told, close };
}
