/** One rule of a contract, to be run as a test of its own by any test runner. */
export interface ContractCase {
  /** The rule, for a test's name: begins with `contract:`. */
  readonly name: string;
  /** Rejects where the provider or the package breaks the contract. */
  run(): Promise<void>;
}
