import { EventEmitter } from "node:events";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Auth, Clock, RequestAuthProvider } from "../../src/plugin.js";
import { anonymous, Secret } from "../../src/plugin.js";
import { type AuthSetup, canary, providerContract, testContext } from "../../src/testing.js";

const test = suite("the provider contract");

type Change = (sound: RequestAuthProvider, backend: Backend, clock: Clock) => Partial<RequestAuthProvider>;
interface Backend {
  fetches: number;
  state: "up" | "down" | "denied";
  secret: string;
  fetch(): Promise<{ value: Auth }>;
}

/** A sound provider, and a change that spoils it. */
function setup(change: Change = () => ({}), eager = false): AuthSetup {
  const context = testContext({ env: { STORE_TOKEN: "of the context" } });
  const canaries = [canary(), canary()];
  const backend: Backend = {
    fetches: 0,
    state: "up",
    secret: canaries[0] as string,
    async fetch() {
      backend.fetches++;
      if (backend.state === "down") {
        throw context.error("SECRET_UNREACHABLE", "it is down", { transient: true, remedy: "wait" });
      }
      if (backend.state === "denied") throw context.error("SECRET_DENIED", "it may not", { remedy: "ask for it" });
      return { value: Object.freeze({ headers: { Authorization: new Secret(`Bearer ${backend.secret}`) } }) };
    },
  };
  const sound: RequestAuthProvider = {
    getAuth: () => context.secrets.get("secret", backend.fetch),
    invalidate: () => context.secrets.invalidate("secret"),
  };
  if (eager) void backend.fetch();
  return {
    provider: { ...sound, ...change(sound, backend, context.clock) },
    context,
    canaries,
    backend: {
      fetches: () => backend.fetches,
      rotate() {
        backend.secret = canaries[1] as string;
      },
      break() {
        backend.state = "down";
      },
      deny() {
        backend.state = "denied";
      },
      fix() {
        backend.state = "up";
      },
    },
  };
}

async function broken(make: () => AuthSetup): Promise<string[]> {
  const names: string[] = [];
  for (const { name, run } of providerContract({ auth: make }, { timeout: 500 })) {
    await run().catch((error) => names.push(`${name.replace("contract: ", "")}: ${error.message}`));
  }
  return names;
}

test("a sound provider passes", async () => {
  assert.equal(await broken(() => setup()), []);
});

const faults: [what: string, change: Change, found: RegExp][] = [
  ["no cache", (_, backend) => ({ getAuth: async () => (await backend.fetch()).value }), /thousand callers/],
  ["always a promise", (sound) => ({ getAuth: async (asked) => await sound.getAuth(asked) }), /answers at once/],
  ["a new object each time", (sound) => ({ getAuth: (asked) => spread(sound.getAuth(asked)) }), /same object/],
  ["invalidate without effect", () => ({ invalidate: () => undefined }), /after invalidate/],
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
  [
    "a credential as plain text",
    (_, backend) => ({ getAuth: () => ({ headers: { Authorization: `Bearer ${backend.secret}` } }) }),
    /is a Secret/,
  ],
  ["a header name with a blank", () => ({ getAuth: () => ({ headers: { "X Y": new Secret("x") } }) }), /gives headers/],
  [
    "a credential that it keeps in the open",
    (_sound, backend) => ({ ...({ last: backend.secret } as object) }),
    /nothing that it prints/,
  ],
  ["a promise that it forgets", before(() => void Promise.reject(new Error("x"))), /nothing that it does by itself/],
  [
    "a timer that throws",
    before(() => void setTimeout(() => assert.unreachable(), 20)),
    /nothing that it does by itself/,
  ],
  [
    "a timer of the context's clock that throws",
    before((_, clock) => void clock.setTimeout(() => assert.unreachable(), 600_000)),
    /nothing that it does by itself/,
  ],
  [
    "a renewal that it forgets, where it fails",
    before((backend, clock) => void clock.setTimeout(() => void backend.fetch(), 600_000)),
    /nothing that it does by itself/,
  ],
  [
    "an emitter's error that nobody hears",
    before(() => void setImmediate(() => new EventEmitter().emit("error", new Error("x")))),
    /nothing that it does by itself/,
  ],
  [
    "a timer that it leaves when it is closed, and that throws then",
    (_sound, _backend, clock) => ({ close: () => void clock.setTimeout(() => assert.unreachable(), 1_000) }),
    /nothing that it does by itself/,
  ],
  [
    "a denial that it takes for no credential at all",
    denied(anonymous),
    /a denial is .*answered where its backend denies/,
  ],
  ["a denial that it takes for somebody else's request", denied(undefined), /a denial is .*answered where its backend/],
  [
    "a denial whose text it sends",
    denied({ headers: { Authorization: new Secret("permission denied") } }),
    /a denial is .*answered where its backend denies/,
  ],
  [
    "a failure that it remembers for good",
    (_, backend) => {
      let first: Promise<{ value: Auth }> | undefined;
      return {
        async getAuth() {
          first ??= backend.fetch();
          return (await first).value;
        },
      };
    },
    /after an outage it recovers/,
  ],
  ["an answer that never comes", () => ({ getAuth: () => new Promise(() => undefined) }), /did not end within 500 ms/],
  [
    "an answer of another shape",
    () => ({ getAuth: () => ({ Authorization: "x" }) as never }),
    /something that has no headers/,
  ],
  ["no header at all", () => ({ getAuth: () => ({ headers: {} }) }), /with no header/],
  ["a header of the transport", headers({ Host: new Secret("elsewhere") }), /which belongs to the transport/],
  ["a second header in a value", headers({ A: new Secret("a\r\nB: b") }), /a value that HTTP does not allow/],
  ["a value that is too long", headers({ A: new Secret("a".repeat(9_000)) }), /longer than 8 KiB/],
  ["an end in seconds", ends((wallTime) => wallTime / 1000 + 60), /context: .*has ended by the context's clock/],
  ["an end by the machine's clock", ends(() => Date.now() + 60_000), /context: .*has ended by the context's clock/],
  ["an end that is far too late", ends((wallTime) => wallTime * 1000), /context: .*more than ten years from now/],
  [
    "a timer that it leaves for want of a close",
    before((_, clock) => void clock.setTimeout(() => undefined, 3_600_000 * 24)),
    /after close .*1 timers .*: it has no close\(\)/,
  ],
  [
    "a timer that its close leaves",
    (sound, backend, clock) => ({
      ...before((_, clock) => void clock.setTimeout(() => undefined, 3_600_000 * 24))(sound, backend, clock),
      close: () => undefined,
    }),
    /after close .*1 timers .*: close\(\) leaves them/,
  ],
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
  ["a close that fails the second time", () => ({ close: once() }), /close may be called twice/],
];
for (const [what, change, found] of faults) {
  test(`it finds ${what}`, async () => {
    const names = await broken(() => setup(change));
    assert.ok(
      names.some((name) => found.test(name)),
      `found only: ${names.join("; ")}`,
    );
  });
}

test("it finds a factory that fetches", async () => {
  const [first] = await broken(() => setup(undefined, true));
  assert.match(first ?? "", /^making the provider asks nobody for anything/);
});

test("the listeners of the test runner are in place again after each case", async () => {
  const events = ["uncaughtException", "unhandledRejection"] as const;
  const listener = () => undefined;
  for (const event of events) process.on(event, listener);
  closeAfterwards(() => {
    for (const event of events) process.off(event, listener);
  });
  const before = events.map((event) => process.listeners(event as "beforeExit"));
  await broken(() => setup());
  assert.equal(
    events.map((event) => process.listeners(event as "beforeExit")),
    before,
  );
});

test("of run tags it takes those that core would send, and no others", async () => {
  const isTaken = async (tags: Record<string, unknown>) => {
    const setup = () => ({
      provider: { inContext: () => true, tags: () => tags as Record<string, string> },
      context: testContext(),
      canaries: [],
    });
    const outcomes = providerContract({ tags: setup }).map(({ run }) =>
      run().then(
        () => true,
        () => false,
      ),
    );
    return (await Promise.all(outcomes)).every(Boolean);
  };
  assert.is(await isTaken({ team: "vision", "a/b c": "" }), true);
  for (const tags of [
    {},
    { "": "x" },
    { "a*": "x" },
    { "../a": "x" },
    { ["k".repeat(251)]: "x" },
    { a: 1 },
    { a: "x".repeat(8001) },
  ]) {
    assert.is(await isTaken(tags), false, Object.keys(tags).join().slice(0, 20));
  }
});

test("it stops what the setup started, also after a failure", async () => {
  let stopped = 0;
  const make = () => ({ ...setup(() => ({ getAuth: () => undefined })), stop: () => void stopped++ });
  await broken(make);
  assert.is(stopped, providerContract({ auth: make }).length);
});

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

function headers(given: Auth["headers"]): Change {
  return () => ({ getAuth: () => ({ headers: given }) });
}

function ends(at: (wallTime: number) => number): Change {
  return (_sound, backend, clock) => ({
    getAuth: async () => ({ ...(await backend.fetch()).value, expiresAt: at(clock.wallTime()) }),
  });
}

function spread(auth: ReturnType<RequestAuthProvider["getAuth"]>): ReturnType<RequestAuthProvider["getAuth"]> {
  return auth instanceof Promise || typeof auth !== "object" ? auth : { ...auth };
}

/** Something that it does beside each `getAuth`. */
function before(deed: (backend: Backend, clock: Clock) => void): Change {
  return (sound, backend, clock) => ({
    getAuth(asked) {
      deed(backend, clock);
      return sound.getAuth(asked);
    },
  });
}

function once(): () => void {
  let closed = false;
  return () => {
    if (closed) throw new Error("closed already");
    closed = true;
  };
}

test.run();
