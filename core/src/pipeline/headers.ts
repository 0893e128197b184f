/** The header pipeline: what every header provider of one server adds to a request. */
import { checkHeaders } from "../http/headers.js";
import type { Logger } from "../provider/context.js";
import type { ProviderHeaders, ProviderRequest, RequestHeaderProvider } from "../provider/provider.js";
import type { Clock } from "../time/clock.js";
import { type BoundProvider, createProviderAsker, isPromise } from "./ask-provider.js";

/** A header provider in its place. */
export interface BoundHeaders extends BoundProvider<RequestHeaderProvider> {
  /** What it gives is a second credential, so no request goes without. */
  readonly isCredential?: boolean;
}

/** What one header provider adds, and whose it is. */
export interface ExtraHeaders {
  readonly instance: string;
  /** Undefined where the provider has nothing to add. */
  readonly headers: ProviderHeaders | undefined;
}

/** The header providers of one server. */
export interface HeaderPipeline {
  /**
   * One entry per provider, in order.
   *
   * @throws MlflowAuthError of the first provider that fails and is not optional.
   */
  resolve(request: ProviderRequest): readonly ExtraHeaders[] | Promise<readonly ExtraHeaders[]>;
}

type Given = ProviderHeaders | undefined | PromiseLike<ProviderHeaders | undefined>;

/** @param server the URI of the server whose providers these are */
export function createHeaderPipeline(
  server: string,
  providers: readonly BoundHeaders[],
  clock: Clock,
  logger: Logger,
): HeaderPipeline {
  const asker = createProviderAsker(server, clock, logger);
  // While the providers return the same objects, the same array is handed on; what is made of it downstream can be kept.
  let last: readonly ExtraHeaders[] = providers.map(({ instance }) => ({ instance, headers: undefined }));

  function resolve(request: ProviderRequest): readonly ExtraHeaders[] | Promise<readonly ExtraHeaders[]> {
    for (let index = 0; index < providers.length; index++) {
      const given = headersOf(providers[index] as BoundHeaders, request);
      if (given !== (last[index] as ExtraHeaders).headers) return resolveAnew(request, index, given);
    }
    return last;
  }

  /** From the first provider on that gave something else than last time. */
  function resolveAnew(
    request: ProviderRequest,
    start: number,
    first: Given,
  ): readonly ExtraHeaders[] | Promise<readonly ExtraHeaders[]> {
    const given = providers.map((bound, index) => {
      if (index < start) return last[index]?.headers;
      return index === start ? first : headersOf(bound, request);
    });
    if (!given.every((headers, index) => headers === last[index]?.headers || isSound(headers, providers[index]))) {
      return Promise.all(given.map((headers, index) => settle(providers[index] as BoundHeaders, headers)));
    }
    last = given.map((headers, index) =>
      owned(providers[index] as BoundHeaders, headers as ProviderHeaders | undefined),
    );
    return last;
  }

  async function settle(bound: BoundHeaders, given: Given): Promise<ExtraHeaders> {
    const checked = async () => {
      const headers = await given;
      if (headers !== undefined) checkHeaders(headers, bound.instance);
      return headers;
    };
    const headers = await asker.askUnlessOptional(bound, checked, "the request goes without its headers");
    return owned(bound, headers);
  }

  return { resolve };
}

/** What a provider gives if it has anything to add here; a promise of it, or of its failure, where it does not answer at once. */
function headersOf({ provider }: BoundHeaders, request: ProviderRequest): Given {
  try {
    const active = provider.inContext === undefined || provider.inContext();
    if (isPromise(active)) {
      return Promise.resolve(active).then((yes) => (yes ? provider.requestHeaders(request) : undefined));
    }
    return active ? provider.requestHeaders(request) : undefined;
  } catch (thrown) {
    return Promise.reject(thrown);
  }
}

function owned({ instance }: BoundHeaders, headers: ProviderHeaders | undefined): ExtraHeaders {
  return Object.freeze({ instance, headers });
}

/** Whether the same objects came from the same providers, so that what was made of the one holds for the other. */
export function sameHeaders(a: readonly ExtraHeaders[], b: readonly ExtraHeaders[]): boolean {
  return a === b || (a.length === b.length && a.every(({ headers }, index) => headers === b[index]?.headers));
}

/** Whether it can be handed on as it is. What it lacks is told by `settle`. */
function isSound(given: Given, bound: BoundHeaders | undefined): boolean {
  try {
    if (isPromise(given)) return false;
    if (given !== undefined) checkHeaders(given, bound?.instance ?? "");
    return true;
  } catch {
    return false;
  }
}
