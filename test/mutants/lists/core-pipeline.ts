import type { Mutant } from "../mutant.ts";

export const mutants: readonly Mutant[] = [
  {
    in: "core/src/pipeline/renewal.ts",
    find: `kind === "unauthorized" ? "unauthorized" : "suspected"`,
    replace: `"unauthorized"`,
    tests: ["core/renewal"],
    why: "a 403 or a login page drops the secret in an outage of the backend",
  },
  {
    in: "core/src/pipeline/renewal.ts",
    find: "const FACTOR = 4",
    replace: "const FACTOR = 2",
    tests: ["core/renewal"],
    why: "a server that rejects everything is asked too often",
  },
];
