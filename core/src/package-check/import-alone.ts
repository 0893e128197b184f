/** Imports modules in a process that does nothing else, and looks at what that changes and costs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { IMPORT_PROGRAM } from "./import-program.js";

/** What came of it. */
export interface Imported {
  /** Modules that can't be imported, and functions that are not there: sentences' ends behind the module's path. */
  readonly faults: readonly { readonly module: string; readonly why: string }[];
  /** What importing them did beside: each the end of a sentence about the package. */
  readonly effects: readonly string[];
  /** The names of other packages that the package's own modules import. */
  readonly packages: readonly string[];
  /** Absolute paths of all modules that were loaded, but for those of core. */
  readonly modules: readonly string[];
  /** The processor's time for that, as a multiple of what a start of Node itself takes; 0 where it did not come to an end. */
  readonly starts: number;
}

/** Milliseconds of real time. */
const LONGEST = 20_000;
/** Characters of what modules print that are kept: the first line is told. */
const MOST_PRINTED = 10_000;

/** What an import needs to know beside the modules. */
export interface ImportOptions {
  /** The name of the package: by it, modules may import each other. */
  readonly own: string;
  /** Milliseconds of real time after which it is stopped. Default 20,000. */
  readonly longest?: number | undefined;
}

/** @param entries absolute paths of modules, each with the name of a function that it exports */
export async function importAlone(
  entries: readonly { readonly module: string; readonly export: string }[],
  { own, longest = LONGEST }: ImportOptions,
): Promise<Imported> {
  const asked = entries.map(({ module, export: name }) => ({ module, url: pathToFileURL(module).href, name }));
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["--input-type=module", "-e", IMPORT_PROGRAM, JSON.stringify(asked), own], {
    // What a test runner sets for its own processes is not for this one.
    env: { PATH, HOME },
    // What is found comes by a stream of its own, whatever the modules print.
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    timeout: longest,
    killSignal: "SIGKILL",
  });
  const [, out, err, report] = child.stdio as unknown as readonly Readable[];
  const [stdout, stderr] = [keep(out, MOST_PRINTED), keep(err, MOST_PRINTED)];
  const told = keep(report, Number.POSITIVE_INFINITY);
  const [code] = (await once(child, "close")) as [number | null];
  const printed = firstLine(stdout() || stderr());
  if (told() === "")
    return {
      faults: [],
      effects: [endOf(code, child.signalCode, longest, printed)],
      packages: [],
      modules: [],
      starts: 0,
    };
  const { effects, ...found } = JSON.parse(told()) as Imported;
  return { ...found, effects: [...effects, ...(printed === "" ? [] : [`prints ${JSON.stringify(printed)}`])] };
}

/** What Node exits with where a module waits at its top for what never comes. */
const UNSETTLED = 13;

function endOf(code: number | null, signal: NodeJS.Signals | null, longest: number, printed: string): string {
  if (signal === "SIGKILL") return `does not end within ${longest / 1_000} s`;
  if (code === UNSETTLED) return "waits for a promise that nobody settles";
  if (signal !== null) return `ends the process (${signal})`;
  return `ends the process${printed === "" ? "" : ` (${printed})`}`;
}

function keep(stream: Readable | undefined, most: number): () => string {
  let text = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    if (text.length < most) text += chunk;
  });
  return () => text;
}

const firstLine = (text: string) => text.split("\n", 1)[0] as string;
