import type { Command } from "commander";
import { bashScript } from "../completion/bash.js";
import { fishScript } from "../completion/fish.js";
import { wordsOf } from "../completion/words.js";
import { zshScript } from "../completion/zsh.js";
import { exit } from "../exit-codes.js";
import { writeOut } from "../print.js";

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Prints the script that makes a shell complete the command. It is made from the program's definition, and runs nothing of it. */
export function completion(shell: keyof typeof scripts, program: Command): number {
  const { program: own, commands } = wordsOf(program);
  writeOut(scripts[shell](own, commands));
  return exit.fine;
}
