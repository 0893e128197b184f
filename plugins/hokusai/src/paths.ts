/** Where a Hokusai server has MLflow's API. */
import type { Rewrite } from "@mlflow-auth/core/plugin";
import { isDirect } from "./access.js";
import type { HokusaiOptions } from "./generated/options.js";

type PathOptions = Pick<HokusaiOptions, "access" | "paths">;

/** The segment before the API's version. A base such as `/api/mlflow` has none behind it. */
const API = /\/((?:ajax-)?api)(?=\/\d+\.\d+\/)/;

/**
 * Leads the API's addresses below the segment that the server has them at. Which one a client asked for must be told from the address
 * alone, for answers lead back to it: an address that was right as it stood gets an odd number of `&` at its end, which mean nothing
 * there. So MLflow's own clients, which ask for `/api`, are sent on with none.
 *
 * @returns undefined where the options say that every server has them where clients ask, so that no request takes a detour for nothing
 */
export function createRewrite(options: PathOptions): Rewrite | undefined {
  const { access, paths } = options;
  if (paths === "as-asked" || (paths === undefined && access === "proxy")) return undefined;
  const served = (url: URL) => paths ?? (isDirect(url, options) ? "ajax-api" : "as-asked");
  return {
    to(url) {
      const wanted = served(url);
      const asked = segmentOf(url);
      if (wanted === "as-asked" || asked === undefined) return url;
      const count = ampersands(url);
      return withAmpersands(
        asked === wanted ? url : withSegment(url, wanted),
        count,
        2 * count + Number(asked === wanted),
      );
    },
    back(url) {
      const wanted = served(url);
      if (wanted === "as-asked" || segmentOf(url) !== wanted) return url;
      const count = ampersands(url);
      const asked = count % 2 === 1 ? wanted : wanted === "api" ? "ajax-api" : "api";
      return withAmpersands(withSegment(url, asked), count, Math.floor(count / 2));
    },
  };
}

function segmentOf({ pathname }: URL): string | undefined {
  return API.exec(pathname)?.[1];
}

function withSegment(url: URL, segment: string): URL {
  url.pathname = url.pathname.replace(API, `/${segment}`);
  return url;
}

/** How many stand at the end of the query. */
function ampersands({ search }: URL): number {
  let count = 0;
  while (search.at(-1 - count) === "&") count++;
  return count;
}

function withAmpersands(url: URL, before: number, after: number): URL {
  if (before === after) return url;
  const { search } = url;
  url.search = search.slice(1, search.length - before) + "&".repeat(after);
  return url;
}
