/** What the tests of the documentation read of Markdown files: fenced blocks, headings, links, code in a line. */
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Fence {
  /** The first word behind the backticks. */
  readonly language: string;
  /** The words after it: a renderer ignores them, the tests go by them. */
  readonly marks: readonly string[];
  readonly text: string;
  /** 1-based, of its first line of text. */
  readonly line: number;
}

/** Every Markdown file that people read, relative to the repository. */
export function markdownFiles(): string[] {
  const patterns = [
    "*.md",
    "{docs,examples,test,demo,bench}/**/*.md",
    "{cli,core,proxy,schema,stub}/*.md",
    "plugins/*/*.md",
  ];
  return globSync(patterns, { cwd: root, exclude: (path) => /(^|\/)node_modules(\/|$)/.test(String(path)) }).sort();
}

export function readMarkdown(file: string): string {
  return readFileSync(root + file, "utf8");
}

export function fencesOf(text: string): Fence[] {
  const fences: Fence[] = [];
  let open: { language: string; marks: string[]; lines: string[]; line: number } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const info = /^```(.*)$/.exec(line)?.[1];
    if (info === undefined) open?.lines.push(line);
    else if (open === undefined) {
      const [language = "", ...marks] = info.trim().split(/\s+/);
      open = { language, marks, lines: [], line: index + 2 };
    } else {
      const { lines, ...fence } = open;
      fences.push({ ...fence, text: `${lines.join("\n")}\n` });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`the block of line ${open.line} is never closed`);
  return fences;
}

/** The fenced blocks of a file that are in a language, in their order. */
export function fencedBlocks(file: string, language: string): string[] {
  return fencesOf(readMarkdown(file)).flatMap((fence) => (fence.language === language ? fence.text : []));
}

/** Every line of a file's shell blocks. */
export function shellLines(file: string): string[] {
  return fencedBlocks(file, "sh").flatMap((block) => block.trim().split("\n"));
}

/** The text without its fenced blocks and comments. */
export function proseOf(text: string): string {
  return text.replaceAll(/^```.*?^```$/gms, "").replaceAll(/<!--.*?-->/gs, "");
}

/** What stands between backticks in the prose. */
export function inlineCode(text: string): string[] {
  return Array.from(proseOf(text).matchAll(/`([^`\n]+)`/g), ([, code = ""]) => code);
}

/** Where its links lead, images included. */
export function linksOf(text: string): string[] {
  const withoutCode = proseOf(text).replaceAll(/`[^`\n]*`/g, "");
  return Array.from(withoutCode.matchAll(/\]\(([^)\s]+)\)/g), ([, target = ""]) => target);
}

/** The anchors of its headings, as GitHub makes them. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of proseOf(text).matchAll(/^#{1,6} (.+)$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = words
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${number}`;
    anchors.add(anchor);
  }
  return anchors;
}
