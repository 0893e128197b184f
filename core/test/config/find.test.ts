import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { findConfig } from "../../src/config/find.js";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { temporaryFolder, write } from "../discovery/plugin-packages.ts";

const test = suite("finding the file");
const asRoot = suite("finding the file, as root", { user: "root" });
const notAsRoot = suite("finding the file, as another user than root", { user: "other" });
const posix = process.platform !== "win32";
const yaml = "version: 1\n";

/** Where a search from `cwd` ends: a path below `folder`, or an error's code. */
async function search(
  folder: string,
  cwd = ".",
  env: Record<string, string> = {},
  configFile?: string,
): Promise<string> {
  try {
    const { file } = await findConfig({ cwd: join(folder, cwd), env: { HOME: "/nowhere", ...env }, configFile });
    assert.ok(file.startsWith(`${folder}/`), file);
    return file.slice(folder.length + 1);
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    assert.ok(error.remedy);
    return error.code;
  }
}

test("each name is found, in this order", async () => {
  const names = [
    "mlflow-auth.yaml",
    "mlflow-auth.yml",
    "mlflow-auth.json",
    ".config/mlflow-auth.yaml",
    ".config/mlflow-auth.yml",
    ".config/mlflow-auth.json",
    "package.json",
  ];
  const folder = temporaryFolder();
  write(folder, { ".git/HEAD": "" });
  for (const name of names.toReversed()) {
    write(folder, { [name]: name === "package.json" ? { "mlflow-auth": { version: 1 } } : yaml });
    assert.is(await search(folder), name);
  }
});

test("a package.json without our key is passed over", async () => {
  const folder = temporaryFolder();
  write(folder, { ".git/HEAD": "", "package.json": { name: "x", mlflow: { auth: {} } } });
  assert.is(await search(folder), "CONFIG_NOT_FOUND");
});

test("the search climbs to the repository's root and no further", async () => {
  const folder = temporaryFolder();
  write(folder, { "mlflow-auth.yaml": yaml, "repo/.git": "gitdir: x", "repo/a/b/c.txt": "", "other/a/c.txt": "" });
  assert.is(await search(folder, "repo/a/b"), "CONFIG_NOT_FOUND");
  assert.is(await search(folder, "other/a"), "mlflow-auth.yaml");
  write(folder, { "repo/mlflow-auth.yml": yaml });
  assert.is(await search(folder, "repo/a/b"), "repo/mlflow-auth.yml");
});

test("the search never passes the home folder", async () => {
  const folder = temporaryFolder();
  write(folder, { "mlflow-auth.yaml": yaml, "people/ada/deep/x.txt": "" });
  const env = { HOME: join(folder, "people/ada") };
  assert.is(await search(folder, "people/ada/deep", env), "CONFIG_NOT_FOUND");
  write(folder, { "people/ada/mlflow-auth.yaml": yaml });
  assert.is(await search(folder, "people/ada/deep", env), "people/ada/mlflow-auth.yaml");
  symlinkSync(join(folder, "people/ada"), join(folder, "link"));
  assert.is(await search(folder, "link/notes", { HOME: join(folder, "link") }), "link/mlflow-auth.yaml");
});

test("a file that is named goes before what a search would find, and the option before the variable", async () => {
  const folder = temporaryFolder();
  write(folder, { ".git/HEAD": "", "mlflow-auth.yaml": yaml, "a.yaml": yaml, "b.json": "{}" });
  const env = { MLFLOW_AUTH_CONFIG: "a.yaml" };
  assert.is(await search(folder, ".", env), "a.yaml");
  assert.is(await search(folder, ".", env, "b.json"), "b.json");
  assert.is(await search(folder, ".", { MLFLOW_AUTH_CONFIG: "" }), "mlflow-auth.yaml");
});

test("a file that is named and missing is an error", async () => {
  const folder = temporaryFolder();
  write(folder, { ".git/HEAD": "", "mlflow-auth.yaml": yaml });
  assert.is(await search(folder, ".", { MLFLOW_AUTH_CONFIG: "gone.yaml" }), "CONFIG_NOT_FOUND");
  assert.is(await search(folder, ".", {}, "gone.yaml"), "CONFIG_NOT_FOUND");
});

/** Root reads it all the same. */
const FORBIDDEN = "a file without permission";

/** Things that stand where the file should and can't be it; each beside a good file one folder further up. */
const obstacles: Record<string, (file: string) => void> = {
  "an empty file": (file) => writeFileSync(file, ""),
  "a file of white space": (file) => writeFileSync(file, " \n\n"),
  "a folder": (file) => mkdirSync(file),
  "a symlink that leads nowhere": (file) => symlinkSync("gone", file),
  "a symlink to itself": (file) => symlinkSync(file, file),
  "a symlink to a folder": (file) => symlinkSync(".", file),
  "bytes that are not UTF-8": (file) => writeFileSync(file, Buffer.from([0x61, 0x3a, 0xff, 0xfe])),
  "UTF-16": (file) => writeFileSync(file, Buffer.from("\ufeffversion: 1", "utf16le")),
  "more than 256 KiB": (file) => writeFileSync(file, `version: 1\n#${"x".repeat(256 * 1024)}`),
  ...(posix && { "a FIFO": (file: string) => void execFileSync("mkfifo", [file]) }),
  ...(posix && { "a device": (file: string) => symlinkSync("/dev/zero", file) }),
  ...(posix && {
    [FORBIDDEN]: (file: string) => {
      writeFileSync(file, yaml);
      chmodSync(file, 0);
    },
  }),
};

for (const [what, make] of Object.entries(obstacles)) {
  for (const name of ["mlflow-auth.yaml", "mlflow-auth.json", ".config/mlflow-auth.yml"]) {
    const add = what === FORBIDDEN ? notAsRoot : test;
    add(`${what} as ${name} is an error, and the search does not climb past it`, async () => {
      const folder = temporaryFolder();
      write(folder, { ".git/HEAD": "", "mlflow-auth.yaml": yaml, "sub/.config/x": "" });
      make(join(folder, "sub", name));
      assert.is(await search(folder, "sub"), "CONFIG_UNREADABLE");
      assert.is(await search(folder, "sub", {}, name), "CONFIG_UNREADABLE");
    });
  }
}

test("a package.json that is no JSON is an error, for it may be ours", async () => {
  const folder = temporaryFolder();
  write(folder, { ".git/HEAD": "", "mlflow-auth.yaml": yaml, "sub/package.json": '{ "mlflow-auth": ' });
  assert.is(await search(folder, "sub"), "CONFIG_UNREADABLE");
});

test("a byte order mark is no part of the text", async () => {
  const folder = temporaryFolder();
  write(folder, { "mlflow-auth.yaml": `\ufeff${yaml}` });
  assert.is((await findConfig({ cwd: folder, env: {} })).text, yaml);
});

if (posix) {
  test("a file found by searching that others may write is refused; one that is named is not", async () => {
    const folder = temporaryFolder();
    write(folder, { ".git/HEAD": "", "mlflow-auth.yaml": yaml });
    chmodSync(join(folder, "mlflow-auth.yaml"), 0o646);
    assert.is(await search(folder), "CONFIG_UNTRUSTED");
    assert.is(await search(folder, ".", {}, "mlflow-auth.yaml"), "mlflow-auth.yaml");
    chmodSync(join(folder, "mlflow-auth.yaml"), 0o644);
    assert.is(await search(folder), "mlflow-auth.yaml");
  });

  test("a symlink to a file that others may write is refused, and so is such a package.json once it is ours", async () => {
    const folder = temporaryFolder();
    write(folder, { ".git/HEAD": "", "shared.yaml": yaml });
    chmodSync(join(folder, "shared.yaml"), 0o666);
    symlinkSync("shared.yaml", join(folder, "mlflow-auth.yaml"));
    assert.is(await search(folder), "CONFIG_UNTRUSTED");
    const other = temporaryFolder();
    write(other, { ".git/HEAD": "", "package.json": { name: "x" } });
    chmodSync(join(other, "package.json"), 0o666);
    assert.is(await search(other), "CONFIG_NOT_FOUND");
    write(other, { "package.json": { "mlflow-auth": {} } });
    assert.is(await search(other), "CONFIG_UNTRUSTED");
  });
}

if (posix) {
  asRoot("another user's file, and a link of another user's, are refused", async () => {
    const folder = temporaryFolder();
    write(folder, {
      ".git/HEAD": "",
      "mlflow-auth.yaml": yaml,
      "link/.git": "",
      "group/.git": "",
      "group/mlflow-auth.yaml": yaml,
    });
    chownSync(join(folder, "mlflow-auth.yaml"), 4321, 4321);
    assert.is(await search(folder), "CONFIG_UNTRUSTED");
    symlinkSync("/etc/hostname", join(folder, "link/mlflow-auth.yaml"));
    execFileSync("chown", ["-h", "4321", join(folder, "link/mlflow-auth.yaml")]);
    assert.is(await search(folder, "link"), "CONFIG_UNTRUSTED");
    chownSync(join(folder, "group/mlflow-auth.yaml"), 0, 4321);
    chmodSync(join(folder, "group/mlflow-auth.yaml"), 0o664);
    assert.is(await search(folder, "group"), "CONFIG_UNTRUSTED");
    assert.is(await search(folder, "group", {}, "mlflow-auth.yaml"), "group/mlflow-auth.yaml");
  });

  asRoot("a user's primary group may write the file only if it is theirs alone: its number is the user's", async () => {
    const folder = temporaryFolder();
    write(folder, { ".git/HEAD": "", "mlflow-auth.yaml": yaml });
    const { getuid, getgid } = process;
    const become = (uid: number, gid: number) => Object.assign(process, { getuid: () => uid, getgid: () => gid });
    chmodSync(join(folder, "mlflow-auth.yaml"), 0o664);
    try {
      for (const [uid, gid, found] of [
        [4321, 4321, "mlflow-auth.yaml"],
        [4321, 100, "CONFIG_UNTRUSTED"],
        [501, 20, "CONFIG_UNTRUSTED"],
      ] as const) {
        chownSync(join(folder, "mlflow-auth.yaml"), uid, gid);
        become(uid, gid);
        assert.is(await search(folder), found);
        Object.assign(process, { getuid, getgid });
      }
    } finally {
      Object.assign(process, { getuid, getgid });
    }
  });
}

/** Files that cosmiconfig would run or follow if it were let; each would leave a trace. */
const temptations: Record<string, string> = {
  ".config/config.js": "js",
  ".config/config.cjs": "js",
  ".config/config.mjs": "mjs",
  ".config/config.ts": "js",
  ".config/mlflow-auth.js": "js",
  ".config/mlflow-auth.ts": "js",
  "mlflow-auth.js": "js",
  "mlflow-auth.cjs": "js",
  "mlflow-auth.mjs": "mjs",
  "mlflow-auth.ts": "js",
  "mlflow-auth.config.js": "js",
  "mlflow-auth.config.cjs": "js",
  "mlflow-auth.config.mjs": "mjs",
  "mlflow-auth.config.ts": "js",
  ".mlflow-authrc": "yaml",
  ".mlflow-authrc.js": "js",
};

for (const [name, kind] of Object.entries(temptations)) {
  test(`${name} is neither run nor read`, async () => {
    const folder = temporaryFolder();
    const trace = join(folder, "trace");
    const line = `writeFileSync(${JSON.stringify(trace)}, "run")`;
    const source: Record<string, string> = {
      js: `require("node:fs").${line}; module.exports = { version: 1, searchPlaces: ["x.yaml"], $import: "./x.yaml" };`,
      mjs: `import { writeFileSync } from "node:fs"; ${line}; export default {};`,
      yaml: "version: 1\n",
    };
    write(folder, { ".git/HEAD": "", "package.json": { name: "x" }, [name]: source[kind] as string });
    assert.is(await searchElsewhere(folder), "CONFIG_NOT_FOUND");
    write(folder, { "mlflow-auth.yml": yaml });
    assert.is(await searchElsewhere(folder), join(folder, "mlflow-auth.yml"));
    assert.not.ok(existsSync(trace));
  });
}

test("$import is followed nowhere and stays a field like any other", async () => {
  for (const name of ["mlflow-auth.yaml", "mlflow-auth.json", "package.json"]) {
    const folder = temporaryFolder();
    const content = { $import: "./other.yaml", version: 1 };
    write(folder, { ".git/HEAD": "", "other.yaml": "trackingUri: https://x.example.com\n" });
    write(folder, { [name]: name === "package.json" ? { $import: "./other.yaml", "mlflow-auth": content } : content });
    const { text } = await findConfig({ cwd: folder, env: {} });
    assert.match(text, '"$import"');
    assert.not.match(text, "trackingUri");
  }
});

test("the cosmiconfig key of package.json and .config/config.json move nothing", async () => {
  const folder = temporaryFolder();
  const meta = { searchPlaces: ["elsewhere.yaml"], mergeSearchPlaces: false };
  write(folder, { ".git/HEAD": "", "elsewhere.yaml": yaml });
  write(folder, {
    "package.json": { cosmiconfig: meta },
    ".config/config.json": { cosmiconfig: meta, "mlflow-auth": meta },
  });
  assert.is(await searchElsewhere(folder), "CONFIG_NOT_FOUND");
});

/** Searches in a process whose own working directory is that folder: cosmiconfig looks for its own settings there. */
async function searchElsewhere(folder: string): Promise<string> {
  const script = `
    import { findConfig } from ${JSON.stringify(new URL("../../src/config/find.ts", import.meta.url).href)};
    try { console.log((await findConfig({ cwd: process.cwd(), env: {} })).file); } catch (error) { console.log(error.code); }
  `;
  const loader = new URL("../../../scripts/typescript.mjs", import.meta.url).href;
  const options = { cwd: folder, encoding: "utf8" } as const;
  return execFileSync(process.execPath, ["--import", loader, "--input-type=module", "-e", script], options).trim();
}

test("a home folder is known behind a link, too: the search does not pass it", async () => {
  const folder = temporaryFolder();
  write(folder, { "mlflow-auth.yaml": yaml, "people/ada/notes/x.txt": "" });
  symlinkSync(join(folder, "people/ada"), join(folder, "link"));
  assert.is(await search(folder, "link/notes", { HOME: join(folder, "people/ada") }), "CONFIG_NOT_FOUND");
});

test.run();
asRoot.run();
notAsRoot.run();
