/** Faults in whose files are used, and which packages may run. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Whose files are used
  ...faultsIn(
    "core/src",
    ["core/trust", "core/find", "core/untrusted-packages", "core/odd-packages"],
    [
      ["if (isForeign(stats, owners)) return foreign;", "", "another user's file decides where the credentials go"],
      ["return uid !== ROOT && !owners", "return !owners", "a file that root installed is refused"],
      [
        "return byGroup || (stats.mode & 0o002) !== 0;",
        "return byGroup;",
        "a file that everybody may write decides where the credentials go",
      ],
      [
        "(stats.mode & 0o020) !== 0 && !isPrivateGroup",
        "false && !isPrivateGroup",
        "a file that a group may write decides where the credentials go",
      ],
      [
        "(gid === uid && (gid === own || owners.has(uid)))",
        "gid === own",
        "a file that everybody in `users` may write is trusted",
      ],
      [
        "(gid === uid && (gid === own || owners.has(uid)))",
        "gid === uid",
        "a file of a group that one is not in is trusted",
      ],
      [
        "(gid === ROOT && own === ROOT) ||",
        "",
        "a container of any user, as OpenShift's, can use no plugin of its image",
      ],
      [
        "(gid === ROOT && own === ROOT) ||",
        "gid === ROOT ||",
        "what a group of root's may write is trusted by somebody who is not in it",
      ],
      ["(stats.mode & STICKY) === 0 && isExposed", "isExposed", "no project below /tmp can use a plugin"],
      [
        "(stats.mode & STICKY) === 0 && isExposed(stats, owners, groups) ? exposed : undefined;",
        "undefined;",
        "a project is exchanged from a folder above it that everybody may write",
      ],
      [
        "if (searched && read.stats?.isFile()) checkTrust(",
        "if (false) checkTrust(",
        "a file of another user that lies in a folder above is used",
      ],
      [
        "if (searched && read.stats?.isFile()) checkTrust(",
        "if (read.stats?.isFile()) checkTrust(",
        "a file that the user names is refused, because a group may write it",
      ],
      ["trustProblem(link) ?? trustProblem(target)", "trustProblem(link)", "a link to another user's file is followed"],
      ["trustProblem(link) ?? trustProblem(target)", "trustProblem(target)", "a link of another user's is followed"],
      [
        "if (bounded) return [...folders];",
        "return [...folders];",
        "a package that somebody put into /tmp is imported",
      ],
      ['existsSync(join(current, ".git"))', "false", "a file above the repository decides"],
      [
        "homes.includes(current) ||",
        "false ||",
        "a file above the home folder decides",
        { accepted: "the resolved name of the folder is compared right behind it" },
      ],
      ["homes.includes(real(current)) ||", "false ||", "a file above a home folder behind a link decides"],
    ],
  ),

  // Which file, and which packages
  ...faultsIn(
    "core/src",
    ["core/find", "core/find-plugin", "core/roots", "core/untrusted-packages", "core/odd-packages"],
    [
      [
        'const named = configFile ?? (env["MLFLOW_AUTH_CONFIG"] || undefined);',
        'const named = (env["MLFLOW_AUTH_CONFIG"] || undefined) ?? configFile;',
        "--config is passed over where the variable is set",
      ],
      [
        '(env["MLFLOW_AUTH_CONFIG"] || undefined)',
        'env["MLFLOW_AUTH_CONFIG"]',
        "an empty variable keeps the file from being found",
      ],
      [
        "if (parsed === undefined || usable.has(parsed.name)) return;",
        "if (parsed === undefined) return;",
        "of two versions of a package the wrong one is used",
        { tests: ["core/find-plugin", "core/roots"] },
      ],
      [
        "if (second !== undefined) {",
        "if (false) {",
        "of two packages with a plugin of one name the first is taken without a word",
      ],
      [
        "(only === undefined ? offers(manifest, plugin) : manifest.name === only)",
        "offers(manifest, plugin)",
        "`package` of an instance is passed over",
      ],
      [
        'declared["apiVersion"] !== API_VERSION',
        "false",
        "a plugin for another interface fails with the first request",
      ],
      ['if (module === "outside") throw', "if (false) throw", "a package names a module of another one"],
      [
        'file === "outside") throw faulty(manifest, part, `names a file outside',
        "false) throw faulty(manifest, part, `names a file outside",
        "a package has a file of the user's read as its schema",
      ],
      [
        'typeof named !== "function"',
        "false",
        "a module without its factory ends in a TypeError",
        { tests: ["test/third-party-plugins"] },
      ],
      [
        "for (const name of own) if (!usable.has(name)) add(",
        "for (const name of []) if (!usable.has(name)) add(",
        "no plugin is found",
      ],
    ],
  ),

  // Schemas
  ...faultsIn(
    "core/src",
    ["core/hidden-secrets", "core/slow-schemas", "core/endless-schemas"],
    [
      [
        'if (fault !== undefined) throw faulty(manifest, "hidden-value", fault);',
        "",
        "a secret in a branch reaches the plugin as it was written",
      ],
      [
        "this.#isPicked(schema, branch) ?",
        "true ?",
        "a secret in a branch that only a validator picks reaches the plugin as it was written",
      ],
      [
        "isObject(value) && !(beside in schema)) return",
        "isObject(value)) return",
        "a secret behind a tuple reaches the plugin as it was written",
      ],
      [
        'if (known.some((candidate) => candidate["x-value"] === kind)) return undefined;',
        "",
        "branches may not say again which of the secrets are needed",
      ],
      [
        "if (target === undefined) return unfollowed({ above: place, key: keyword });",
        "if (target === undefined) continue;",
        "a secret behind an anchor reaches the plugin as it was written",
      ],
      [
        "return place !== top && hasOwnBase(schema)",
        "return false && hasOwnBase(schema)",
        "a reference means another schema to the validator than to core",
      ],
      [
        "...(!isOne && { allOf: [first, second] })",
        "",
        "of two parts that speak of one field, the first is forgotten, with its secrets",
      ],
      [
        "return others.reduce((found, schema) => both(found, this.resolve(schema[keyword])), given ?? NO_SCHEMA);",
        "return given ?? this.resolve(others[0]?.[keyword]);",
        "a secret of the second of two parts reaches the plugin as it was written",
      ],
      ["return formlessSource();", "break;", "a secret of another form reaches the plugin as it was written"],
      [
        "if (thrown instanceof DeadlineError) throw thrown;",
        "",
        "what was stopped begins again, with the other validator",
        { accepted: "only the time differs" },
      ],
      [
        'if (slow.has(owner.folder)) throw faulty(owner, "schema", tooSlow);',
        "",
        "each instance of a plugin takes its two seconds",
        { accepted: "only the time differs" },
      ],
    ],
  ),
];
