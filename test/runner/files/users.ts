/** Tests for one user each. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("users");
test("for anybody", () => undefined);
test("for root", { user: "root" }, () => assert.is(process.getuid?.(), 0));
test("for another", { user: "other" }, () => assert.is.not(process.getuid?.(), 0));
test.run();
