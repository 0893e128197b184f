/** Files that use every option of the plugin that sends a token. */
import { chmodSync } from "node:fs";
import type { Setup } from "../../cli/test/setup.ts";

/** One way to set the plugin up. */
export interface TokenTrial {
  readonly name: string;
  readonly options: object;
  readonly env: Readonly<Record<string, string>>;
}

export function tokenTrials(project: Setup): TokenTrial[] {
  const command = project.write(
    "bin/get-token",
    `#!/bin/sh\necho "{ \\"session\\": { \\"bearer\\": \\"sixth-$1\\" } }"\n`,
  );
  chmodSync(command, 0o700);
  return [
    {
      name: "a token of a command, and all that is sent",
      options: {
        command: ["./get-token", "argument"],
        cwd: "bin",
        commandTimeout: "20s",
        field: "session.bearer",
        ttl: "10m",
        credential: { mode: "bearer", header: "X-Goog-IAP-JWT-Assertion" },
      },
      env: {},
    },
    { name: "a token in a file", options: { token: { file: project.write("token", "seventh\n") } }, env: {} },
    { name: "a token in a variable", options: { token: { env: "MY_ID_TOKEN" } }, env: { MY_ID_TOKEN: "eighth" } },
  ];
}
