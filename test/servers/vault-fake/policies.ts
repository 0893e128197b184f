/** What a policy can allow at a path. */
export type Capability = "create" | "read" | "update" | "delete" | "list";

interface Rule {
  readonly path: string;
  readonly pattern: RegExp;
  readonly capabilities: readonly string[];
}

/** What Vault's own `default` policy allows, of the calls that the fake serves. */
const DEFAULT = `
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
`;

/** Access rules by the name of their policy. Of Vault's own language, only `path "…" { capabilities = […] }` is read. */
export class Policies {
  readonly #rules = new Map<string, readonly Rule[]>([["default", parse(DEFAULT)]]);

  set(name: string, text: string): void {
    this.#rules.set(name, parse(text));
  }

  /** Whether one of the capabilities is granted there. The longest matching path decides. */
  allow(policies: readonly string[], path: string, anyOf: readonly Capability[]): boolean {
    if (policies.includes("root")) return true;
    const [rule] = this.#of(policies)
      .filter(({ pattern }) => pattern.test(path))
      .sort((a, b) => b.path.length - a.path.length);
    if (rule === undefined || rule.capabilities.includes("deny")) return false;
    return anyOf.some((capability) => rule.capabilities.includes(capability));
  }

  /** Whether anything below a mount is granted: then Vault tells about the mount. */
  allowSomethingBelow(policies: readonly string[], mount: string): boolean {
    if (policies.includes("root")) return true;
    return this.#of(policies).some(
      ({ path, capabilities }) => path.startsWith(mount) && !capabilities.includes("deny"),
    );
  }

  #of(policies: readonly string[]): Rule[] {
    return policies.flatMap((name) => this.#rules.get(name) ?? []);
  }
}

function parse(text: string): Rule[] {
  const rules = text.matchAll(/path\s+"([^"]+)"\s*\{\s*capabilities\s*=\s*\[([^\]]*)\]\s*\}/g);
  return Array.from(rules, ([, path = "", list = ""]) => ({
    path,
    pattern: patternOf(path),
    capabilities: Array.from(list.matchAll(/"([^"]+)"/g), ([, capability = ""]) => capability),
  }));
}

/** In a rule's path, `+` stands for one segment, and `*` at the end for anything. */
function patternOf(path: string): RegExp {
  const quoted = path.replaceAll(/[.?^${}()|[\]\\]/g, "\\$&").replaceAll("+", "[^/]+");
  return new RegExp(`^${quoted.replace(/\*$/, ".*")}$`);
}
