/** Borrows a server from the runner's pool. */
import { connect } from "node:net";

/** The environment variable with the pool's address. Without it a test file starts servers of its own. */
export const POOL_VARIABLE = "MLFLOW_AUTH_TEST_POOL";

/** What the pool says to a process that connects: which server it lends, or why it can't lend one. */
export type Loan = { readonly uri: string } | { readonly error: string };

/** A server that another process runs. */
export interface Borrowed {
  readonly uri: string;
  /** Gives it back. The end of this process does so, too. */
  giveBack(): void;
}

/** Waits for a clean server. @returns undefined if there is no pool @throws Error if the pool can't start a server */
export async function borrowMlflow(): Promise<Borrowed | undefined> {
  const address = process.env[POOL_VARIABLE];
  if (address === undefined) return undefined;
  const socket = connect(address).setEncoding("utf8");
  const line = await new Promise<string>((resolve, reject) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.endsWith("\n")) resolve(text);
    });
    socket.once("error", reject).once("close", () => reject(new Error("the pool of servers is gone")));
  });
  // Holding it must not keep this process from ending.
  socket.unref();
  const loan = JSON.parse(line) as Loan;
  if ("error" in loan) throw new Error(loan.error);
  return { uri: loan.uri, giveBack: () => void socket.destroy() };
}
