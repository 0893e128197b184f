/**
 * The contract that every provider keeps, as cases for any test runner:
 *
 *     for (const { name, run } of providerContract({ auth: startProvider })) test(name, run);
 */
import type { RequestHeaderProvider, RunContextProvider } from "../provider/provider.js";
import { authCases } from "./contract/auth-cases.js";
import { watchBackground } from "./contract/background.js";
import { headerCases, tagCases } from "./contract/extra-cases.js";
import type { AuthSetup, Awaitable, Setup } from "./contract/setup.js";

/** One per interface that the plugin offers. Each is called once per case. */
export interface ProviderMakers {
  readonly auth?: () => Awaitable<AuthSetup>;
  /** With a configuration in which the provider is active. */
  readonly headers?: () => Awaitable<Setup<RequestHeaderProvider>>;
  /** With a configuration in which the provider is active. */
  readonly tags?: () => Awaitable<Setup<RunContextProvider>>;
}

/** One rule of the contract, to be run as a test of its own. */
export interface ContractCase {
  readonly name: string;
  /** Rejects where the provider breaks the contract. */
  run(): Promise<void>;
}

/** The cases for the interfaces that are given, each with a provider of its own. */
export function providerContract({ auth, headers, tags }: ProviderMakers): ContractCase[] {
  return [
    ...(auth === undefined ? [] : bind(authCases, auth)),
    ...(headers === undefined ? [] : bind(headerCases, headers)),
    ...(tags === undefined ? [] : bind(tagCases, tags)),
  ];
}

function bind<S extends Setup<{ close?(): Awaitable<void> }>>(
  cases: Readonly<Record<string, (setup: S) => Promise<void>>>,
  make: () => Awaitable<S>,
): ContractCase[] {
  return Object.entries(cases).map(([name, body]) => ({
    name: `contract: ${name}`,
    async run() {
      await watchBackground(async () => {
        const setup = await make();
        try {
          await body(setup);
        } finally {
          await setup.provider.close?.();
          await setup.stop?.();
        }
      });
    },
  }));
}
