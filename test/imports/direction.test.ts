/** Imports go one way: between packages, between the floors of one package, and never in a circle, not even of types. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Edge, edgesOf, sourceFiles } from "./import-graph.ts";

const CORE = [
  "core/src/index.ts",
  "core/src/internal.ts",
  "core/src/internal-config.ts",
  "core/src/internal-environment.ts",
  "core/src/internal-package-check.ts",
  "core/src/internal-python.ts",
  "core/src/internal-trust.ts",
];

/** What a package may import of the others: its sources these files, its tests whatever begins so, and all under `test/`. */
const packages: Readonly<Record<string, { readonly src: readonly string[]; readonly tests: readonly string[] }>> = {
  schema: { src: [], tests: [] },
  stub: { src: [], tests: [] },
  core: { src: ["schema/src/index.ts"], tests: ["schema/"] },
  // Whether a plugin's options are understood is for the loader to say.
  plugins: {
    src: ["core/src/plugin.ts", "stub/src/index.ts"],
    tests: ["core/src/plugin.ts", "core/src/testing.ts", "core/src/internal.ts"],
  },
  proxy: { src: CORE, tests: ["core/"] },
  cli: { src: [...CORE, "proxy/src/index.ts"], tests: ["core/", "proxy/"] },
};

/**
 * The folders and files below `src`, from the ground up: each imports only from floors below its own. Names on one floor do not
 * import each other. `*.ts` are the files of `src` that are not named: one floor, inside which they may.
 */
const floors: Readonly<Record<string, readonly string[]>> = {
  schema: ["generated", "*.ts"],
  stub: ["http", "store", "search", "api", "*.ts"],
  core: [
    ..."generated errors time files secret provider http mlflow logging config discovery without-file".split(" "),
    ..."connection destination pipeline transport package-check testing".split(" "),
    ..."node-version.ts require-node.ts load-config.ts rehearse-loading.ts load-command.ts open-authorizer.ts mlflow-auth.ts".split(
      " ",
    ),
    "index.ts plugin.ts register.ts testing.ts internal-config.ts internal-environment.ts internal-package-check.ts internal-trust.ts internal-python.ts",
    "internal.ts",
  ],
  // A second plugin of a package stands above the first, whose login it shares.
  plugins: ["generated", "*.ts", "sigv4"],
  proxy: ["http", "private", "*.ts"],
  cli: [
    "*.ts",
    "installed",
    "completion doctor init plugin-command plugin-package shared-proxy",
    // What a type is called is for the generator of types to say.
    "create-plugin",
    "commands",
    "program.ts",
    "main.ts",
    "start.ts",
  ],
};

/** Packages of others that some files must not reach, neither by themselves nor through what they import. */
const unreachable: readonly { from: RegExp; packages: readonly string[]; alsoTypes: boolean; why: string }[] = [
  {
    from: /^(core\/src\/internal-config|cli\/src\/(report-failure|commands\/(completion|init|plugins|schema|validate)))\.ts$/,
    packages: ["undici", "pino"],
    alsoTypes: false,
    why: "what sends nothing starts without the HTTP client and the logger",
  },
  {
    from: /^core\/src\/pipeline\//,
    packages: ["undici"],
    alsoTypes: true,
    why: "what decides about a request knows nothing of how it is sent",
  },
];

const test = suite("the direction of imports");
const files = sourceFiles();
const edges = edgesOf(files);
const importsOf = Map.groupBy(edges, ({ from }) => from);

const none = (faults: readonly string[]) => assert.ok(faults.length === 0, `\n${faults.join("\n")}`);

/** Where a file stands: in `plugins/vault`, of the family `plugins`, in its `src`, there in the room `generated`. */
function placeOf(file: string) {
  const [, home = "", part, room = ""] = /^((?:plugins\/)?[^/]+)\/(?:([^/]+)\/)?([^/]+)/.exec(file) ?? [];
  const family = home.split("/")[0] as string;
  const levels = (floors[family] ?? []).map((floor) => floor.split(" "));
  const isNamed = !room.endsWith(".ts") || levels.some((names) => names.includes(room));
  const name = isNamed ? room : "*.ts";
  return { home, family, part, room: name, level: levels.findIndex((names) => names.includes(name)) };
}

/** What is wrong with an import, if anything is. */
function faultOf({ from, to, specifier }: Edge): string | undefined {
  const inside = placeOf(from);
  const rules = packages[inside.family];
  if (specifier === "uvu" && from !== "test/suite.ts") {
    return "tests take their suites from @mlflow-auth/test/suite, which closes uvu's silent passes";
  }
  if (to === undefined || rules === undefined) return undefined;
  const { home, part, room, level } = placeOf(to);
  const { family } = inside;
  if (inside.part === "test") {
    const allowed = home === inside.home || ["test/", ...rules.tests].some((begin) => to.startsWith(begin));
    return allowed ? undefined : `of other packages, tests of ${family} import ${rules.tests.join(", ") || "none"}`;
  }
  if (inside.part !== "src") return undefined;
  if (home !== inside.home) {
    const allowed = rules.src.includes(to) && !specifier.startsWith(".");
    return allowed ? undefined : `of other packages, ${family} imports ${rules.src.join(", ") || "none"}`;
  }
  if (part !== "src") return "what is published does not import what is not";
  if (room === inside.room || level < inside.level) return undefined;
  return `inside ${family}, imports go downward: ${floors[family]?.join(" < ")}`;
}

test("between packages and inside them, imports go downward", () => {
  const faults = edges.flatMap((edge) => {
    const fault = faultOf(edge);
    return fault === undefined ? [] : `${edge.from} imports ${edge.to ?? edge.specifier}: ${fault}`;
  });
  none(faults);
});

test("every folder of a package's sources has its floor", () => {
  const places = files.map((file) => ({ file, ...placeOf(file) }));
  const homeless = places.filter(({ part, level }) => part === "src" && level === -1);
  none(homeless.map(({ file, room }) => `${file}: give ${room} a floor in this test`));
});

test("no file imports itself by way of others, also for types", () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
    if (done.has(file)) return;
    done.add(file);
    for (const { to } of importsOf.get(file) ?? []) if (to !== undefined) walk(to, [...path, file]);
  };
  for (const file of files) walk(file, []);
  none(circles);
});

test("what must be light loads nothing heavy", () => {
  const faults: string[] = [];
  for (const { from, packages: heavy, alsoTypes, why } of unreachable) {
    for (const file of files.filter((name) => from.test(name))) {
      const reached = new Map([[file, file]]);
      for (const [at, way] of reached) {
        for (const { to, specifier, when } of importsOf.get(at) ?? []) {
          if (when !== "now" && !alsoTypes) continue;
          if (heavy.includes(specifier)) faults.push(`${way} -> ${specifier}: ${why}`);
          if (to !== undefined && !reached.has(to)) reached.set(to, `${way} -> ${to}`);
        }
      }
    }
  }
  none(faults);
});

test("a program that has a file loads nothing of what stands in place of one", () => {
  const reached = new Set(["core/src/register.ts", "core/src/load-config.ts", "core/src/open-authorizer.ts"]);
  for (const file of reached) {
    for (const { to, when } of importsOf.get(file) ?? []) if (to !== undefined && when === "now") reached.add(to);
  }
  assert.ok(reached.size > 50, "what it loads was found");
  none([...reached].filter((file) => file.startsWith("core/src/without-file/")));
});

test.run();
