/** The control socket in this process, with a clock that the test owns, and programs that connect to it. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { fakeClock } from "@mlflow-auth/core/testing";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { createControl } from "../../src/shared-proxy/control.js";
import { createLeases } from "../../src/shared-proxy/leases.js";

const YES = { settings: { proxy: "http://127.0.0.1:1" }, file: null, fd: null, digest: "d" };

/** A line that is understood. Its answer is yes, always. */
export const ask = `${JSON.stringify({ ask: { version: "1", prefix: "/", plugins: [], cwd: "/", env: {}, namespaces: {}, rights: {} } })}\n`;

/** `accepted` are the ends of the connections here, in the order in which they came. */
export async function serve() {
  const clock = fakeClock();
  let ended = 0;
  const leases = createLeases({ ended: () => void ended++, clock });
  const control = createControl({ answer: async () => YES, leases, clock });
  const { path: folder, remove } = temporaryFolder("control");
  closeAfterwards(remove);
  const path = join(folder, "s");
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    control.take(socket, false);
  });
  server.listen(path);
  await once(server, "listening");
  closeAfterwards(() => void server.close());
  closeAfterwards(() => {
    control.close();
    leases.close();
    for (const socket of accepted) socket.destroy();
  });
  return { clock, leases, accepted, open: () => open(path), ended: () => ended };
}

/** A program, and what it was told so far. */
async function open(path: string) {
  const socket = connect(path);
  closeAfterwards(() => socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  let told = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    told += text;
    socket.emit("told");
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  const hears = async (text: string) => {
    while (!told.includes(text)) await new Promise((resolve) => socket.once("told", resolve));
  };
  return { socket, told: () => told, closed, hears };
}
