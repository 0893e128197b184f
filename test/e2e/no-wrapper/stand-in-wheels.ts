/** Wheels that stand for those of an index, so that MLflow makes its environments in seconds and without one. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeWheel } from "../../../scripts/python-wheel.ts";

export interface StandIn {
  readonly name: string;
  readonly version: string;
  /** The folder of an environment's packages that whoever installs it gets, without a copy; undefined: it holds nothing. */
  readonly leadsTo?: string;
  /** The commands that it brings along: programs in Python. */
  readonly commands?: Readonly<Record<string, string>>;
}

/** Lays them into a folder for `--find-links`. */
export function layOut(folder: string, standIns: readonly StandIn[]): void {
  for (const { name, version, leadsTo, commands = {} } of standIns) {
    const info = `${name}-${version}.dist-info`;
    const texts: Record<string, string> = {
      [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
      [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
      ...(leadsTo === undefined ? {} : { [`${name}-below.pth`]: `${leadsTo}\n` }),
      // Installers put the environment's own Python there.
      ...Object.fromEntries(
        Object.entries(commands).map(([command, text]) => [
          `${name}-${version}.data/scripts/${command}`,
          `#!python\n${text}\n`,
        ]),
      ),
    };
    const record = [...Object.keys(texts), `${info}/RECORD`].map((path) => `${path},,\n`).join("");
    const files = Object.entries({ ...texts, [`${info}/RECORD`]: record });
    const bytes = makeWheel(files.map(([path, text]) => ({ path, bytes: Buffer.from(text) })));
    writeFileSync(join(folder, `${name}-${version}-py3-none-any.whl`), bytes);
  }
}
