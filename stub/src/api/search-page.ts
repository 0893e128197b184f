/** What searches have in common: which lifecycle stages they see, and how they give their findings page by page. */
import { invalid } from "../http/mlflow-error.js";
import type { LifecycleStage } from "../store/entities.js";

/** Which experiments or runs a search sees, with the numbers that protobuf gives them (mlflow/entities/view_type.py). */
export const viewTypes = { ACTIVE_ONLY: 1, DELETED_ONLY: 2, ALL: 3 } as const;

/** Whether a view shows what is in that stage. */
export function isInView(stage: LifecycleStage, view: keyof typeof viewTypes): boolean {
  return view === "ALL" || stage === (view === "ACTIVE_ONLY" ? "active" : "deleted");
}

/** Some of the findings, and the way to the next. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The token of the next page: base64 of `{"offset": 20}`, which clients hand back as it is. Undefined on the last page. */
  readonly next: string | undefined;
}

/**
 * One page of a list, as mlflow/utils/search_utils.py cuts it.
 *
 * @param size entries of a page, at the most
 * @param token where the page begins, from the page before; empty or undefined: at the beginning
 * @throws MlflowError `INVALID_PARAMETER_VALUE` for a token that no page gave
 */
export function pageOf<T>(all: readonly T[], size: number, token: string | undefined): Page<T> {
  const offset = token ? offsetOf(token) : 0;
  const end = offset + size;
  const next = end < all.length ? btoa(`{"offset": ${end}}`) : undefined;
  return { items: all.slice(offset, end), next };
}

function offsetOf(token: string): number {
  // Python's decoder wants the padding too.
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(token) && token.length % 4 === 0;
  if (!isBase64) throw invalid("Invalid page token, could not base64-decode");
  const [, offset] = /^\{"offset": (\d+)\}$/.exec(atob(token)) ?? [];
  if (offset === undefined) throw invalid("Invalid page token, it holds no offset");
  return Number(offset);
}
