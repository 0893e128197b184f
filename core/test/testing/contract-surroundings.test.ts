import { suite } from "@mlflow-auth/test/suite";
import { Secret } from "../../src/plugin.js";
import { type Change, findsInProviders } from "./contract-fixture.js";

const test = suite("the provider contract: the surroundings");

findsInProviders(test, [
  [
    "a credential that it keeps in the open",
    (_sound, backend) => ({ ...({ last: backend.secret } as object) }),
    /nothing that it prints/,
  ],
  ["an end in seconds", ends((wallTime) => wallTime / 1000 + 60), /context: .*has ended by the context's clock/],
  ["an end that is far too late", ends((wallTime) => wallTime * 1000), /context: .*more than ten years from now/],
  [
    "the environment of the process in place of the context's",
    () => ({ getAuth: () => ({ headers: { A: new Secret(process.env["STORE_TOKEN"] ?? "none") } }) }),
    /context: it reads process\.env/,
  ],
  [
    "the global fetch",
    (_, backend) => ({
      getAuth: async () => {
        await fetch("data:,x");
        return (await backend.fetch()).value;
      },
    }),
    /context: it sends with the global fetch/,
  ],
]);

function ends(at: (wallTime: number) => number): Change {
  return (_sound, backend, clock) => ({
    getAuth: async () => ({ ...(await backend.fetch()).value, expiresAt: at(clock.wallTime()) }),
  });
}

test.run();
