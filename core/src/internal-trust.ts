/** The part of `internal` that loads nothing else, for what comes before the command. For the packages of this repository alone. */
export { trustProblem } from "./files/trust.js";
