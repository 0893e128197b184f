/** Faults in what is said of options of which one has to be given. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "core/src",
    ["core/field-choices", "plugins/token/options", "cli/init"],
    [
      ["conflict !== null", "false", "two options that exclude each other are told to be missing"],
      ['Object.keys(branch).join() === "required"', "true", "forms of an option are taken for a choice of fields"],
      ["names.every((name) => value[name] !== undefined)", "false", "init asks for what is not wanted"],
    ],
  ),
];
