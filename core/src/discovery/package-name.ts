/**
 * Whether a text may name a package: npm's characters, the capitals and the underscore of old names included. It keeps a name such as
 * `../x` from leading out of node_modules, and one with odd characters out of messages.
 */
export function isPackageName(name: unknown): name is string {
  return typeof name === "string" && name.length <= 214 && /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*$/.test(name);
}
