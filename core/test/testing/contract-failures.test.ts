import { suite } from "@mlflow-auth/test/suite";
import type { Auth } from "../../src/plugin.js";
import { anonymous, Secret } from "../../src/plugin.js";
import { type Change, findsInProviders } from "./contract-fixture.js";

const test = suite("the provider contract: outages and denials");

findsInProviders(test, [
  [
    "bare during an outage",
    (sound) => ({ getAuth: async (asked) => await Promise.resolve(sound.getAuth(asked)).catch(() => anonymous) }),
    /outage is an error/,
  ],
  [
    "an error of its own making",
    (sound) => ({
      getAuth: async (asked) => await Promise.resolve(sound.getAuth(asked)).catch(() => Promise.reject(new Error("x"))),
    }),
    /outage is an error/,
  ],
  ["a denial that it takes for somebody else's request", denied(undefined), /a denial is .*answered where its backend/],
  [
    "a denial whose text it sends",
    denied({ headers: { Authorization: new Secret("permission denied") } }),
    /a denial is .*answered where its backend denies/,
  ],
]);

/** Answers so where its backend denies. */
function denied(answer: Auth | typeof anonymous | undefined): Change {
  return (sound) => ({
    getAuth: async (asked) => {
      try {
        return await sound.getAuth(asked);
      } catch (error) {
        if ((error as { code?: string }).code === "SECRET_DENIED") return answer;
        throw error;
      }
    },
  });
}

test.run();
