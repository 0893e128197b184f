/** The command in front of an MLflow that answers as a test says. */
import type { ServerResponse } from "node:http";
import { type Run, runUntil } from "./command.js";
import type { Site } from "./project.js";

export type Send = (res: ServerResponse) => void;

export function doctor(site: Site, ...args: string[]): Promise<Run> {
  return runUntil(["doctor", ...args], { cwd: site.project.folder });
}

/** MLflow as it is, but for the search for experiments, and what is given by path. */
export function answer(site: Site, search: Send, paths: Readonly<Record<string, Send>> = {}): void {
  site.upstream.answer = (req, res) => {
    const other = paths[req.url ?? ""];
    if (other !== undefined) return other(res);
    if (req.url === "/health") return void res.end("OK");
    if (req.url === "/version") return void res.end("3.17.2");
    req.resume().on("end", () => search(res));
  };
}

/** MLflow's answer to whoever has a credential. */
export const json: Send = (res) =>
  res.req.headers.authorization === undefined ? void res.writeHead(401).end() : open(res);

/** MLflow's answer to anybody. */
export const open: Send = (res) =>
  void res.writeHead(200, { "content-type": "application/json" }).end('{"experiments":[]}');
