/** Faults in the plugin that sends a token which lies somewhere or is printed. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "plugins/token/src",
    ["plugins/token/outputs"],
    [
      [
        "claims?.expiresAt ?? told",
        "told ?? claims?.expiresAt",
        "an end in a local time counts before the token's own",
      ],
      ["lease: ttl", "lease: 86_400_000", "a token that does not say when it ends is used for a day"],
      ["now + lifetime * 1000", "now + lifetime", "a token is fetched anew without end"],
      ["number < SECONDS_BELOW ? number * 1000 : number", "number * 1000", "a token is used far beyond its end"],
      ['fieldsOf(holder["status"]) ?? holder', "holder", "an ExecCredential has no token"],
      ['if (fields["SecretAccessKey"] !== undefined) {', "if (false) {", "nobody says that AWS keys are no token"],
      ["if (/[\\r\\n]/.test(trimmed)) {", "if (false) {", "what stands around a token is not told of"],
      ["if (expiresAt <= context.clock.wallTime())", "if (false)", "nobody says who has to renew a token that is over"],
    ],
  ),
  ...faultsIn(
    "plugins/token/src",
    ["plugins/token/file"],
    [
      ["const BETWEEN = 1_000;", "const BETWEEN = 60_000;", "a rotated token is picked up after a minute"],
      [
        "known = await identityOf(path);\n      lookedAt = clock.now();\n      return read();",
        "const done = await read();\n      known = await identityOf(path);\n      lookedAt = clock.now();\n      return done;",
        "a token that is exchanged while it is read is not seen",
      ],
      ["clock.now() - lookedAt < BETWEEN", "false", "every request waits for a look at the file"],
      ["if (yes) context.secrets.expire(KEY);", "", "a rotated token is not picked up"],
      [
        "context.secrets.expire(KEY)",
        "context.secrets.invalidate(KEY)",
        "a file that is being written stops a training",
      ],
      [
        "transient: await isBeingReplaced(source.path)",
        "transient: false",
        "a file that is being written stops a training",
      ],
      ["transient: await isBeingReplaced(source.path)", "transient: true", "a token that was taken away is used on"],
      [
        ", mtimeNs, ctimeNs]",
        "]",
        "a token of the same length may be overlooked",
        { accepted: "the i-node of a file that is replaced differs; the times are for one that is written in place" },
      ],
    ],
  ),
  ...faultsIn(
    "plugins/token/src",
    ["plugins/token/command", "plugins/token/command-ends"],
    [
      [".filter(isAbsolute)", "", "a program that lies in the working directory is run"],
      ['process.kill(-pid, "SIGKILL")', 'process.kill(pid, "SIGKILL")', "what a command started goes on for ever"],
      ["detached: true", "detached: false", "the command is not killed, or all of the program with it"],
      [
        'clock.setTimeout(() => cut("timeout"), timeout)',
        "clock.setTimeout(() => undefined, timeout)",
        "a command that hangs is never killed",
      ],
      ['signal.addEventListener("abort", close, { once: true });', "", "a command outlives the program"],
      ["  closeAtExit(close);\n", "", "a command outlives a program that closes nothing"],
      ["if (signal.aborted) return", "if (false) return", "a command is started after the end"],
      ["if (kept.length <= most) return;", "return;", "a command that floods its stdout fills the memory"],
      ['child.once("exit", (code', 'child.once("close", (code', "something in the background holds up the credential"],
      ["last.then(() => run(", "Promise.resolve().then(() => run(", "two runs of one command go on at the same time"],
      ["last = running.catch(() => undefined);", "last = running;", "a command that failed once is never run again"],
      [
        "transient: true, remedy: told",
        "transient: false, remedy: told",
        "a failed renewal ends the use of a good token",
      ],
      ['stdio: ["ignore", "pipe", "pipe"]', 'stdio: ["pipe", "pipe", "pipe"]', "a command that reads its input hangs"],
      ["cwd, env, detached", "cwd, detached", "a command gets another environment than the file"],
      ["if (exitCode !== 0) return", "if (false) return", "what a failed command printed is sent"],
    ],
  ),
  ...faultsIn(
    "plugins/token/src",
    ["plugins/token/stderr"],
    [
      ["shown.replaceAll(secret, HIDDEN)", "shown", "a token that a command repeats in its error is printed"],
      ["isLong(word) && stdout.includes(word)", "false", "a part of a token is printed"],
      ["isSecretName(name) && isLong(value.trim())", "false", "a secret of the environment is printed"],
      ["...variables, ...secretsIn(args)]", "...variables]", "a password among a command's arguments is printed"],
      [" || isSecretOption(words[index - 1])", "", "a password of letters alone is printed"],
      ["(!PLAIN.test(word) ||", "(", "a password among a command's arguments is printed"],
      ["LOOKS_SECRET.reduce(", "[].reduce(", "a token that a command got from elsewhere is printed"],
      [".slice(-MOST_LINES)", "", "a trace fills the terminal"],
      ['.replaceAll(ESCAPES, "")', "", "the codes of colours are shown"],
      [
        "kept = kept.subarray(-most);",
        "kept = kept.subarray(0, most);",
        "the beginning of an error is told, and not its end",
      ],
      [
        'isCut ? text.slice(text.indexOf("\\n") + 1) : text',
        "text",
        "half a line is shown, with half a token that nothing recognises",
      ],
    ],
  ),
  ...faultsIn(
    "plugins/token/src",
    ["plugins/token/outputs", "plugins/token/no-descriptors"],
    [
      ["new Date(Math.max(end, 0))", "new Date(end)", "a token with a strange end is told as a fault of the plugin"],
      ["await end;", "await ended(child);", "a program without descriptors is ended where a command can't be started"],
      ["stdout?.destroy()", "stdout.destroy()", "why a command can't be started is not told"],
    ],
  ),
];
