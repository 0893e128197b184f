/**
 * What the body of a fetch was made of. fetch hands its dispatcher a stream, whatever it was given, and a stream can be sent once. A
 * Blob or a form can be read again however long it is, so it travels along, beside the stream that was made of it.
 */
import type { Dispatcher } from "undici";
import type { DispatchHeaders } from "./client-request.js";
import { announced, formBytes, isForm, withFormAsBytes } from "./form-body.js";

const SOURCE = Symbol("what the body is made of");

type Options = Dispatcher.DispatchOptions & { readonly [SOURCE]?: Blob | FormData };

/** What is worth carrying along: texts and bytes come in one piece, which can be kept as it is. */
export function sourceOf(body: unknown): Blob | FormData | undefined {
  return body instanceof Blob || isForm(body) ? body : undefined;
}

/** The same dispatcher, told what the body of the one fetch is made of that it is given to. */
export function carrying(
  source: Blob | FormData,
  dispatcher: Pick<Dispatcher, "dispatch">,
): Pick<Dispatcher, "dispatch"> {
  return { dispatch: (options, handler) => dispatcher.dispatch({ ...options, [SOURCE]: source } as Options, handler) };
}

/**
 * The options with a body that can be sent again, where its source is known: with the bytes that fetch has announced, boundary
 * included, or as it is.
 */
export function withBodyOfSource(options: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
  const source = (options as Options)[SOURCE];
  if (source === undefined) return withFormAsBytes(options);
  const { length, boundary } = announced(options.headers as DispatchHeaders);
  if (isForm(source) && boundary === undefined) return options;
  const bytes = isForm(source) ? formBytes(source, boundary as string) : source;
  // Older undicis leave out the line break at the end of a form.
  const body = isForm(source) && bytes.size - 2 === length ? bytes.slice(0, -2) : bytes;
  return body.size === length ? { ...options, body: body as never } : options;
}

type Fetch = typeof globalThis.fetch;

/** Node's fetch, whose dispatcher hears what a body is made of. A dispatcher that the program gives with the call stays the one. */
export function fetchCarrying(fetch: Fetch, globalDispatcher: Pick<Dispatcher, "dispatch">): Fetch {
  return (input, init) => {
    const source = sourceOf(init?.body);
    if (source === undefined || (init as { dispatcher?: unknown }).dispatcher !== undefined) return fetch(input, init);
    const dispatcher = carrying(source, globalDispatcher);
    // Inherited: fetch reads what it knows, wherever it stands.
    return fetch(input, Object.assign(Object.create(init as object), { dispatcher }));
  };
}
