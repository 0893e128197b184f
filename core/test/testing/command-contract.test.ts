import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Command } from "../../src/plugin.js";
import { type CommandUnderTest, canary, commandContract } from "../../src/testing.js";
import { type Fault, failuresOf, findsEach } from "./contract-findings.js";

const test = suite("the contract of commands");

const key = canary();
type Run = Command["run"];

/** Lists names, as a command should. */
const sound: Run = async ([word], context) => {
  if (word === "--help") {
    context.stdout.write("Usage: mlflow-auth acme names\n");
    return 0;
  }
  if (word !== "names") throw context.error("USAGE", "there is no such word", { remedy: "mlflow-auth acme --help" });
  const { server, send } = await context.openFile();
  const answer = await send({ url: `${await server()}/names` });
  if (answer.status !== 200) {
    context.stderr.write(`the server answers with ${answer.status}\n`);
    return 1;
  }
  context.stdout.write(answer.text);
  return undefined;
};

function tested(run: Run): CommandUnderTest {
  return {
    make: () => ({ run }),
    args: ["names"],
    wrong: ["nonsense"],
    file: { answer: () => ({ status: 200, text: "one\n" }) },
    canaries: [key],
    timeout: 500,
  };
}

const failures = (run: Run) => failuresOf(commandContract(tested(run)));

test("a sound command passes, and so does one that needs no file", async () => {
  assert.equal(await failures(sound), []);
  assert.equal(
    await failures(([word], context) => {
      if (word === "--help") context.stdout.write("Usage\n");
      else if (word !== "names") throw context.error("USAGE", "no such word", { remedy: "names" });
      return undefined;
    }),
    [],
  );
});

const faults: readonly Fault<Run>[] = [
  [
    "one that opens the file before it helps",
    async (args, context) => {
      await context.openFile();
      return sound(args, context);
    },
    /--help is answered on stdout, and needs no file: it did not end with 0/,
  ],
  [
    "one that helps on stderr",
    (args, context) => sound(args, { ...context, stdout: context.stderr }),
    /--help .*: it printed nothing on stdout/,
  ],
  [
    "one that fails where all is well",
    async (args, context) => (args[0] === "names" ? 4 : sound(args, context)),
    /used as it is meant to be, it ends with 0: it ended with 4/,
  ],
  [
    "one that takes any word",
    (args, context) => sound(args[0] === "nonsense" ? ["names"] : args, context),
    /used wrongly, it ends with 2 .*: it ended with 0 in place of 2/,
  ],
  [
    "one that takes a wrong word for a fault of the server",
    async (args, context) => {
      if (args[0] === "nonsense") throw context.error("SERVER_UNREACHABLE", "?");
      return sound(args, context);
    },
    /used wrongly, it ends with 2 .*: it failed with SERVER_UNREACHABLE in place of USAGE/,
  ],
  [
    "one that leaves the user alone with 2",
    async (args, context) => (args[0] === "nonsense" ? 2 : sound(args, context)),
    /it did not say what to do/,
  ],
  [
    "one that takes every failure for a missing server",
    async (args, context) => {
      try {
        return await sound(args, context);
      } catch (error) {
        throw args[0] === "names" ? context.error("SERVER_UNREACHABLE", "?") : error;
      }
    },
    /without a file it says so, or does without: it ended with SERVER_UNREACHABLE/,
  ],
  [
    "one that swallows an outage",
    async (args, context) => {
      try {
        return await sound(args, context);
      } catch (error) {
        if ((error as { code?: string }).code === "SERVER_UNREACHABLE") return 0;
        throw error;
      }
    },
    /where a server can't be reached it does not end well: it ended with 0/,
  ],
  [
    "one that swallows a refusal",
    async (args, context) => {
      await sound(args, context);
      return undefined;
    },
    /where a server refuses it does not end well: it ended with 0/,
  ],
  [
    "one that says nothing of a refusal",
    (args, context) => sound(args, { ...context, stderr: { hasColours: false, write: () => undefined } }),
    /where a server refuses .*: it said nothing on stderr/,
  ],
  [
    "one that prints its key",
    async (args, context) => {
      if (args[0] === "names") context.stderr.write(Buffer.from(key).toString("base64"));
      return sound(args, context);
    },
    /holds a credential: it prints a credential \(base64 at offset 0\)/,
  ],
  [
    "one that throws what is no error of core's",
    async () => Promise.reject(new TypeError("x")),
    /is not an MlflowAuthError/,
  ],
  [
    "one with a code of its own",
    (async () => 17) as unknown as Run,
    /it ended with 17, which is no exit code of a command/,
  ],
  ["one that never ends", () => new Promise(() => undefined), /asked to end, it ends: this did not end within 500 ms/],
  [
    "one that forgets a promise",
    (args, context) => {
      void Promise.reject(new Error("x"));
      return sound(args, context);
    },
    /something failed where nobody waits for it/,
  ],
  [
    "one that sends elsewhere",
    async (args, context) => {
      if (args[0] === "names") await (await context.openFile()).send({ url: "https://mlflow.example.com/basement" });
      return sound(args, context);
    },
    /it ended with DESTINATION_UNLISTED/,
  ],
];
findsEach(test, faults, failures);

test.run();
