/** A test that waits for something while nothing is open that could bring it. */
import { suite } from "@mlflow-auth/test/suite";

const test = suite("ends early");
test("waits for nothing", () => new Promise(() => undefined));
test.run();
