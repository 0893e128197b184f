/**
 * The contract that every provider keeps, as cases for any test runner:
 *
 *     for (const { name, run } of providerContract({ auth: startProvider })) test(name, run);
 */
import type { RequestHeaderProvider, RunContextProvider } from "../provider/provider.js";
import { authCases } from "./contract/auth-cases.js";
import { watchBackground } from "./contract/background.js";
import { headerCases, tagCases } from "./contract/extra-cases.js";
import { withinTime } from "./contract/host.js";
import { requestCases } from "./contract/request-cases.js";
import type { AuthSetup, Awaitable, Setup } from "./contract/setup.js";
import type { ContractCase } from "./contract-case.js";

/** One per interface that the plugin offers. Each is called once per case. */
export interface ProviderMakers {
  /** With a backend that holds a credential and is well. */
  readonly auth?: () => Awaitable<AuthSetup>;
  /** With a configuration in which the provider is active. */
  readonly headers?: () => Awaitable<Setup<RequestHeaderProvider>>;
  /** With a configuration in which the provider is active. */
  readonly tags?: () => Awaitable<Setup<RunContextProvider>>;
}

/** How the cases are run. */
export interface ContractOptions {
  /** Milliseconds of real time for one case, its set-up aside. Default 20,000. */
  readonly timeout?: number;
}

/** The cases for the interfaces that are given, each with a provider of its own. */
export function providerContract(
  { auth, headers, tags }: ProviderMakers,
  { timeout = 20_000 }: ContractOptions = {},
): ContractCase[] {
  return [
    ...(auth === undefined ? [] : bind({ ...authCases, ...requestCases }, auth, timeout)),
    ...(headers === undefined ? [] : bind(headerCases, headers, timeout)),
    ...(tags === undefined ? [] : bind(tagCases, tags, timeout)),
  ];
}

function bind<S extends Setup<{ close?(): Awaitable<void> }>>(
  cases: Readonly<Record<string, (setup: S) => Promise<void>>>,
  make: () => Awaitable<S>,
  timeout: number,
): ContractCase[] {
  return Object.entries(cases).map(([name, body]) => ({
    name: `contract: ${name}`,
    async run() {
      await watchBackground(async () => {
        const setup = await make();
        try {
          await withinTime(timeout, () => body(setup));
        } finally {
          await setup.provider.close?.();
          await setup.stop?.();
        }
      });
    },
  }));
}
