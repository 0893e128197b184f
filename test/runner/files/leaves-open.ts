/** A test that fails with a server, a socket and a timer open. */
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("leaves all open");

test("opens much", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  connect((server.address() as AddressInfo).port, "127.0.0.1");
  setInterval(() => undefined, 1000);
  assert.is(1, 2);
});
test("goes on", () => undefined);
test.after(() => console.log("the hook after it ran"));
test.run();
