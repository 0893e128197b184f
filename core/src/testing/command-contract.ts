/**
 * The contract that a plugin's command keeps, as cases for any test runner:
 *
 *     const acme = { make: createCommand, args: ["experiments"], wrong: ["nonsense"], file: { answer } };
 *     for (const { name, run } of commandContract(acme)) test(name, run);
 */
import assert from "node:assert/strict";
import { codes } from "../errors/codes.js";
import { isMlflowAuthError, MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { CommandFactory } from "../provider/command.js";
import { revealedBy } from "./canary.js";
import { watchBackground } from "./contract/background.js";
import { settled, withinTime } from "./contract/host.js";
import type { ContractCase } from "./contract-case.js";
import { type TestCommandContext, type TestFile, testCommandContext } from "./test-command-context.js";

/** A command, and what is known of how it is used. */
export interface CommandUnderTest {
  /** What the entry point names. */
  readonly make: CommandFactory;
  /** Words with which it does what it is for. */
  readonly args: readonly string[];
  /** Words that it has to refuse. */
  readonly wrong: readonly string[];
  /** The file that it opens. Default: none, for a command that needs none. */
  readonly file?: TestFile;
  /** Variables that it finds. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Texts that must be printed nowhere, made with `canary()`. Default: none. */
  readonly canaries?: readonly string[];
  /** Milliseconds of real time for one case. Default 20,000. */
  readonly timeout?: number;
}

/** How it ended: the code that it returned, or what it threw; and what it has printed by then. */
interface Outcome {
  readonly code: unknown;
  readonly error: MlflowAuthError | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The cases for a command, each with one that is made anew. */
export function commandContract(tested: CommandUnderTest): ContractCase[] {
  return Object.entries(cases).map(([name, body]) => ({
    name: `contract: ${name}`,
    run: () => watchBackground(() => withinTime(tested.timeout ?? 20_000, () => body(tested))),
  }));
}

const cases: Readonly<Record<string, (tested: CommandUnderTest) => Promise<void>>> = {
  "--help is answered on stdout, and needs no file": async (tested) => {
    const { code, stdout } = await outcome({ ...tested, file: undefined }, ["--help"]);
    assert.equal(code, 0, "it did not end with 0");
    assert.ok(stdout.trim() !== "", "it printed nothing on stdout");
  },

  "used as it is meant to be, it ends with 0": async (tested) => {
    const { code, error } = await outcome(tested);
    assert.equal(code, 0, `it ended with ${error === undefined ? String(code) : error.code}`);
  },

  "used wrongly, it ends with 2 and says what to do": async (tested) => {
    const { code, error, stderr } = await outcome(tested, tested.wrong);
    if (error === undefined) assert.equal(code, 2, `it ended with ${String(code)} in place of 2`);
    else assert.equal(error.code, "USAGE", `it failed with ${error.code} in place of USAGE`);
    assert.ok(error?.remedy || stderr.trim() !== "", "it did not say what to do: give a remedy");
  },

  "without a file it says so, or does without": async (tested) => {
    const { code, error } = await outcome({ ...tested, file: undefined });
    const fits = error === undefined ? code === 0 || code === 3 : error.code === "CONFIG_NOT_FOUND";
    assert.ok(fits, `it ended with ${error?.code ?? String(code)}: let CONFIG_NOT_FOUND pass, or do without`);
  },

  "where a server can't be reached it does not end well": async (tested) => {
    const reason = () => new MlflowAuthError("SERVER_UNREACHABLE", "the test's server is down", { transient: true });
    checkFailure(await whereServers(tested, () => Promise.reject(reason())), "where a server can't be reached");
  },

  "where a server refuses it does not end well": async (tested) => {
    checkFailure(await whereServers(tested, () => ({ status: 403, text: "denied" })), "where a server refuses");
  },

  "nothing that it prints, throws or logs holds a credential": async (tested) => {
    for (const args of [tested.args, tested.wrong]) checkSilent(await outcome(tested, args), tested);
    checkSilent(await whereServers(tested, () => ({ status: 403, text: "denied" })), tested);
  },

  "asked to end, it ends": async (tested) => {
    await outcome(tested, tested.args, (context) => context.close());
  },
};

/** @param before is done once the context is there */
async function outcome(
  { make, args: usual, file, env = {} }: CommandUnderTest | (Omit<CommandUnderTest, "file"> & { file: undefined }),
  args: readonly string[] = usual,
  before?: (context: TestCommandContext) => Promise<void>,
): Promise<Outcome> {
  const context = testCommandContext({ file, env });
  try {
    await before?.(context);
    const command = await make();
    const given = (await settled(command.run(args, context), context)) ?? 0;
    assert.ok([0, 1, 2, 3, 4].includes(given), `it ended with ${String(given)}, which is no exit code of a command`);
    return { code: given, error: undefined, ...printedOf(context) };
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assert.ok(isMlflowAuthError(error), "what it threw is not an MlflowAuthError: make it with context.error");
    assert.ok(error.code in codes, `${error.code} is not one of core's codes`);
    return { code: undefined, error, ...printedOf(context) };
  } finally {
    await context.close();
  }
}

function printedOf({ printed, logs }: TestCommandContext): Pick<Outcome, "stdout" | "stderr"> {
  return { stdout: printed.stdout, stderr: printed.stderr + logs.map(({ message }) => message).join("\n") };
}

/** @returns undefined for one that asks no server */
async function whereServers(tested: CommandUnderTest, answer: TestFile["answer"]): Promise<Outcome | undefined> {
  if (tested.file === undefined) return undefined;
  let asked = false;
  const given: TestFile["answer"] = (request) => {
    asked = true;
    return answer(request);
  };
  const ended = await outcome({ ...tested, file: { ...tested.file, answer: given } });
  return asked ? ended : undefined;
}

function checkFailure(ended: Outcome | undefined, when: string): void {
  if (ended === undefined || ended.error !== undefined) return;
  assert.notEqual(ended.code, 0, `it ended with 0 ${when}: whoever calls it takes that for success`);
  assert.ok(ended.stderr.trim() !== "", `it said nothing on stderr ${when}`);
}

function checkSilent(ended: Outcome | undefined, { canaries = [] }: CommandUnderTest): void {
  const { stdout = "", stderr = "", error } = ended ?? {};
  const text = [stdout, stderr, error?.message, error?.remedy].join("\n");
  for (const canary of canaries) {
    const spelling = revealedBy(text, canary);
    assert.equal(spelling, undefined, `it prints a credential (${spelling})`);
  }
}
