/** What is said where the system starts no program for want of room for its arguments and its environment, without a value of them. */

/** Names that are told. */
const MOST = 3;

/** Bytes that Linux takes in one argument or variable, on machines with pages of 4 KiB. */
const LONGEST_ONE = 128 * 1024;

/**
 * The end of a sentence that begins with the program. What is said of one variable alone is said for Linux, which has a limit for that.
 *
 * @param args those of the program
 */
export function whyTooLong(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): string {
  const sizes = Object.entries(env)
    .map(([name, value = ""]) => ({ name, size: Buffer.byteLength(`${name}=${value}`) + 1 }))
    .sort((one, other) => other.size - one.size);
  const argument = Math.max(0, ...args.map((one) => Buffer.byteLength(one) + 1));
  const all = sumOf(sizes.map(({ size }) => size));
  const ofArguments = sumOf(args.map((one) => Buffer.byteLength(one) + 1));
  const named = sizes.slice(0, MOST).map(({ name, size }) => `${name} ${amount(size)}`);
  const longest = platform === "linux" ? Math.max(argument, sizes[0]?.size ?? 0) : 0;
  const most =
    longest > LONGEST_ONE ? `one of them has ${amount(longest)}` : `they have ${amount(all + ofArguments)} together`;
  return `can't be started: its arguments and its environment are longer than this system allows, for ${most}. The longest variables are ${named.join(", ")}; the arguments have ${amount(ofArguments)}`;
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);

function amount(bytes: number): string {
  const kib = bytes / 1024;
  return kib >= 1024 ? `${(kib / 1024).toFixed(1)} MiB` : `${Math.ceil(kib)} KiB`;
}
