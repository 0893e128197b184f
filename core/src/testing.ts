/** For the tests of plugins: a plugin context without a network or a clock of its own, and the contract that every provider keeps. */
export { canary, revealedBy } from "./testing/canary.js";
export { type CommandUnderTest, commandContract } from "./testing/command-contract.js";
export type { AuthSetup, Backend, Setup } from "./testing/contract/setup.js";
export type { ContractCase } from "./testing/contract-case.js";
export { type FakeClock, fakeClock } from "./testing/fake-clock.js";
export { type PackageContractOptions, packageContract } from "./testing/package-contract.js";
export {
  type ContractOptions,
  type ProviderMakers,
  providerContract,
} from "./testing/provider-contract.js";
export {
  type TestCommandContext,
  type TestCommandOptions,
  type TestFile,
  testCommandContext,
} from "./testing/test-command-context.js";
export {
  type LogLine,
  secretSource,
  type TestBackend,
  type TestContext,
  type TestContextOptions,
  type TestResponse,
  testContext,
  testRequest,
} from "./testing/test-context.js";
