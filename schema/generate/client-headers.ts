/** docs/client-headers.md: what is taken off the requests of clients, from core's list of identity headers. */
import { identityHeaders } from "../../core/src/http/identity-headers.ts";

/** The document, in Markdown. */
export function generateClientHeaders(): string {
  const rows = identityHeaders.map(
    ({ by, names, source }) => `| ${by} | ${names.map((name) => `\`${name}\``).join(", ")} | [source](${source}) |`,
  );
  return `# What clients bring along

What a client sends to a server of the file goes on as it is, but for what stands here. It is taken off in every spelling: letter case and \`_\` for \`-\` make no difference. One warning tells each name, and never a value. It is the same for the library, \`register\`, \`exec\` and \`proxy\`.

## Credentials

Where the file has a credential for the server (\`auth\` is not \`[]\`), it is the only one:

- Headers whose name has a word for a credential: \`auth\`, \`authorization\`, \`authentication\`, \`bearer\`, \`credential\`, \`jwt\`, \`pat\`, \`passwd\`, \`password\`, \`secret\`, \`token\`, or a key: \`access-key\`, \`account-key\`, \`api-key\`, \`app-key\`, \`application-key\`, \`client-key\`, \`functions-key\`, \`private-key\`, \`secret-key\`, \`subscription-key\`, also written together with other words; \`Cf-Access-Client-Id\` and \`Cookie2\`. So \`X-Auth-Token\`, \`AccessToken\`, \`X-ClientSecret\` and \`X-Amz-Security-Token\` go. \`Authorization\` and \`X-API-Key\`, which MLflow's clients take from their environment, go without a warning.
- The query key \`api_key\`.
- Cookies, but those whose name that server itself has set since the process began (the last 100 names; for a server with a wildcard, each host has its own). So the stickiness of load balancers and the sessions of MLflow's pages go on working. After a restart of \`mlflow-auth proxy\` a client's older cookies are dropped until the server sets them anew: a page that was open before has to be reloaded.

Below \`/gateway/\`, [MLflow's AI gateway](guides/configuration.md#mlflows-ai-gateway), \`Authorization\`, \`X-API-Key\`, \`X-Goog-Api-Key\` and \`Api-Key\` stay, for there they are a client's keys for an LLM provider; and no cookie passes.

Headers with \`csrf\` or \`xsrf\` in their name stay, for they keep other sites out of a person's session.

Where the file has none (\`auth: []\`), all of these pass.

## Identity

These tell a server who asks, from where, or for what. A server behind a proxy believes them, because that proxy sends them. They are taken off every request to a server of the file, also where \`auth\` is \`[]\`; plugins of the file may set them. The list is closed. A \`*\` stands for whatever follows.

| who sends them | headers | |
| --- | --- | --- |
${rows.join("\n")}
`;
}
