/** Tests that never end, for what they wait for never comes. */
import { suite } from "@mlflow-auth/test/suite";

const test = suite("hangs", { timeout: 0.2 });
const forever = () => new Promise(() => setInterval(() => undefined, 1000));

for (const number of [1, 2, 3, 4]) test(`hang ${number}`, forever);
test.afterEach(() => console.log("put away"));
test.run();

const other = suite("can't begin");
other.before(() => {
  throw new Error("no server");
});
other("is not run", () => console.log("ran all the same"));
other.run();
