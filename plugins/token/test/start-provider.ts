/** A provider with the options that core would fill in, and what commands and files of a test are made of. */
import { chmodSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileSource } from "@mlflow-auth/core/plugin";
import type { TestContextOptions } from "@mlflow-auth/core/testing";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { startProvider as start } from "@mlflow-auth/test/start-provider";

export { rejected } from "@mlflow-auth/test/start-provider";

import type { TokenOptions } from "../src/generated/options.js";
import { createRequestAuthProvider } from "../src/index.js";

export type GivenOptions = Partial<Omit<TokenOptions, "credential">> & {
  credential?: Partial<TokenOptions["credential"]>;
};

/** What any shell script needs. */
export const PATH = "/usr/bin:/bin";

/** @param given default: no command takes longer than an hour, so that only tests of the limit depend on it */
export function startProvider(given: GivenOptions, context: TestContextOptions = {}) {
  const options: TokenOptions = {
    cwd: "/",
    commandTimeout: 3_600_000,
    ttl: 300_000,
    ...given,
    credential: { mode: "bearer", header: "Authorization", ...given.credential },
  };
  return start(createRequestAuthProvider, options, {
    instance: "token",
    ...context,
    env: { PATH, ...context.env },
  });
}

/** A folder for scripts and tokens, which whoever made it removes. */
export function testFolder() {
  const folder = temporaryFolder("token");
  const write = (name: string, text: string) => {
    const file = join(folder.path, name);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    return file;
  };
  return {
    path: folder.path,
    remove: folder.remove,
    /** Written beside, and moved into its place. */
    write,
    /** A shell script. */
    script(name: string, body: string) {
      const file = write(name, `#!/bin/sh\n${body}\n`);
      chmodSync(file, 0o755);
      return file;
    },
    /** The source of a token in a file. */
    source: (name: string) => fileSource(join(folder.path, name)),
  };
}

/** An unsigned token of our own, which looks like none to scanners. */
export function jwtOf(claims: Record<string, unknown>): string {
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${encoded({ alg: "none" })}.${encoded(claims)}.${encoded("signature")}`;
}
