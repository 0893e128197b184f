/** A request as a call of MLflow's API. */
import type { DispatchedRequest } from "@mlflow-auth/core/plugin";
import { objectIn } from "./json-object.js";

/** What is called, and with what. */
export interface ApiCall {
  /** What is called, behind the version: `runs/create`; `artifacts` for an upload or download. */
  readonly name: string;
  readonly method: string;
  /** Of the query, and of a JSON body; of the latter none where it is no object. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** All that an id could stand in, with nothing escaped: path, query, and the body as text. */
  readonly text: string;
}

const CALL = /\/(?:ajax-)?api\/\d+\.\d+\/(mlflow|mlflow-artifacts)\/(.+)$/;

/** Undefined for anything else, such as pages. What is uploaded is not looked at. */
export async function apiCallOf({ url, method, body }: DispatchedRequest): Promise<ApiCall | undefined> {
  const [, family, rest = ""] = CALL.exec(url.pathname) ?? [];
  if (family === undefined) return undefined;
  const query = Object.fromEntries(url.searchParams);
  const path = unescaped(url.pathname);
  if (family === "mlflow-artifacts") return { name: "artifacts", method, parameters: query, text: path };
  const bytes = await body();
  const text = bytes === undefined ? "" : Buffer.from(bytes).toString("utf8");
  const given = objectIn(text) ?? {};
  const escaped = text.includes("\\u") ? [JSON.stringify(given)] : [];
  return {
    name: rest.replace(/\/+$/, ""),
    method,
    parameters: { ...query, ...given },
    text: [path, ...url.searchParams.values(), text, ...escaped].join("\n"),
  };
}

/** A client may escape any character. */
function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
