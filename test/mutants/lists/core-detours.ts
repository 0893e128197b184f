/** Requests that a plugin sends to another address of its server, or answers itself. */
import { faultsIn, type Mutant } from "../mutant.ts";

export const mutants: readonly Mutant[] = [
  ...faultsIn(
    "core/src",
    ["core/rewritten-requests"],
    [
      [
        "if (isOurs && serverOf(origin, rewritten) === server) return rewritten;",
        "return rewritten;",
        "a plugin leads a credential to another server, or out of its base",
      ],
      [
        'url.origin === same.origin && url.username === "" && url.password === ""',
        "true",
        "a request to another host comes back to this one without a word",
      ],
      ["if (url.href === same.href) return path;", "", "an address that is not rewritten is sent in another spelling"],
      [
        "return led.origin === url.origin && led.href !== url.href && isHere(led) ? led : undefined;",
        "return led;",
        "a redirect within the server is rewritten though it leads to the same place",
        { accepted: "the same address in full leads where the short one does, for every client" },
      ],
      [
        "!createsRun(this.#asked)",
        "!createsRun(this.#url)",
        "a run that is created at a rewritten address has no tags",
      ],
      [
        "askServer((options, handler) => send(options, handler), url, clock)",
        "askServer((options, handler) => send(options, handler, ask), url, clock)",
        "a question about a server asks itself without an end",
      ],
      [
        "if (first === undefined || second === undefined) return first;",
        "return first;",
        "which of two plugins rewrites an address is chance",
      ],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["core/led-back-addresses"],
    [
      [
        "/^[a-z][a-z0-9+.-]*:|^\\//i.test(value) ? value : url.href",
        "value",
        "a relative redirect leads to a place below the client's address, which is another",
      ],
      [
        "if (led !== value) rawHeaders[i + 1]",
        "if (false) rawHeaders[i + 1]",
        "fetch follows a redirect to an address that only the server knows",
      ],
      [
        "(name === COOKIE ? value.replace(PATH, (_, before, path) => before + this.#path(path)) : value)",
        "value",
        "a session's cookie never comes back to its server",
      ],
      ["value.replace(TARGET,", "value.replace(/<([^>]*)>/g,", "the text of a link becomes an address"],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["core/dispatched-requests"],
    [
      [
        'if (isAsked) return Promise.reject(wrongAnswer(instance, "called next() a second time"));',
        "",
        "a plugin sends a request twice, and its run is there twice",
      ],
      [
        "throw failures.has(thrown) ? thrown : pluginFault(thrown, bound);",
        "throw pluginFault(thrown, bound);",
        "a server that is down looks like a plugin that fails",
      ],
      [
        "if (HOP_BY_HOP.has(key) || value === undefined) continue;",
        "",
        "what belongs to one connection goes on to the next",
      ],
      ["validateHeaderValue(name, one as string);", ";", "a plugin's answer gets a second head"],
      ["if (broughtIn(name).brings !== undefined) return;", "", "a plugin sees the credentials of clients"],
      [
        "this.#options = { ...this.#options, body: read };",
        "this.#options = { ...this.#options, body: undefined as never };",
        "a body that a plugin has read does not reach the server",
      ],
      ["await controller.whileRunning();", "", "a slow client fills the memory of its process"],
      [
        "if (!this.#body.push(chunk)) controller.pause();",
        "this.#body.push(chunk);",
        "a slow client fills the memory of its process",
      ],
      [
        'const isEmpty = method === "HEAD" || status === 204 || status === 304;',
        "const isEmpty = false;",
        "an answer to HEAD has a body",
      ],
      ["handler.onRequestStart?.(controller, {});", "", "a client can't give up while a plugin thinks"],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["core/careless-dispatching"],
    [
      [
        "isForm(body)) return { uncollected: body };",
        "body instanceof FormData) return { uncollected: body };",
        "a form of npm's undici fails as soon as a plugin asks for the body",
      ],
      [
        'else signal.addEventListener("abort", abort, { once: true });',
        "",
        "a client that gives up leaves the server at work",
      ],
      [
        "queueMicrotask(() => fail(controller.reason as Error))",
        "undefined",
        "a client that gives up waits for ever on a plugin that hangs",
      ],
      [
        "await withTimeout(Promise.race([answer, sent.promise, begun.promise]), bound, clock);",
        "",
        "a slow upload counts as a plugin that hangs, where it began late",
      ],
      [
        "await withTimeout(Promise.race([answer, sent.promise]), bound, clock);",
        "",
        "a plugin that never answers holds its client for ever",
      ],
      ["await reading?.catch(() => undefined);", "", "a slow upload counts as a plugin that hangs"],
      [
        "asked.catch((thrown: unknown) => failures.add(thrown));",
        "",
        "a plugin that does not wait for the server ends the program",
      ],
      [
        "if (this.#body.destroyed) controller.abort(this.#signal.reason ?? UNWANTED);",
        "",
        "an answer that nobody takes holds its connection for ever",
      ],
      [
        "await this.#read;\n    return this.#options;",
        "return this.#options;",
        "what a plugin is reading of an upload never reaches the server",
      ],
      ["this.#read = this.#collect();", "return this.#collect();", "two readers share the bytes of one upload"],
      [
        "if (this.#isSent) throw wrongAnswer(",
        "if (false) throw wrongAnswer(",
        "a plugin takes pieces out of an upload that is on its way",
      ],
      ["return bytes && new Uint8Array(bytes);", "return bytes;", "a plugin changes the bytes of the program"],
      [
        "if (!((body as unknown) instanceof Blob)) this.#options",
        "this.#options",
        "a Blob that a plugin has read arrives without its type",
      ],
      [
        "reading.catch((thrown: unknown) => failures.add(thrown));",
        "",
        "an upload that breaks off looks like a plugin that fails",
      ],
      [
        "withoutQueryCredentials(withQuery(request.options))",
        "withQuery(request.options)",
        "a plugin sees a client's key in the address",
      ],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["core/careless-answers"],
    [
      [
        "isServers ? answer : withOwnLength(answer)",
        "answer",
        "a client takes a longer answer for two, or waits for the rest of a shorter one",
      ],
      [
        'if (method !== "HEAD" || !("content-length" in checked)) checked',
        "checked",
        "a HEAD is told that there is nothing",
      ],
      ["headers === null || Symbol.iterator in headers", "headers === null", "all headers of a Response are lost"],
      ["if (isEmpty) dropBody(body);", "", "a file that nobody reads stays open"],
      ["if (isOver) return dropBody(answer.body);", "", "a file that comes too late stays open"],
      [
        "answer?.then((late) => dropBody(late?.body)).catch(() => undefined);",
        "",
        "the file of an answer that is refused stays open",
      ],
      ['on?.("error", () => undefined);', "", "a file that is not there ends the program, though nobody wants it"],
      [
        "throw isTheirs ? thrown : dispatching.fault(thrown);",
        "throw thrown;",
        "an error of a vendor's package quotes its request to the client",
      ],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["core/careless-rewriting"],
    [
      [
        "return (isGateways && gateways.get(found)) || found;",
        "return found;",
        "an LLM provider gets a credential at an address that a plugin has renamed",
      ],
      ["if (!isHere(url)) return undefined;", "", "an address of another server is changed by a plugin of this one"],
      [
        "led.href !== url.href && isHere(led) ?",
        "led.href !== url.href ?",
        "a client is led out of its server, and goes bare",
      ],
      [
        "rewriting.to(url.origin, withoutQueryCredentials(withQuery(options)))",
        "rewriting.to(url.origin, withQuery(options))",
        "a plugin puts a client's key where nobody takes it off",
      ],
      [
        "rejectedUpload(awaited, this.#asked, rejected",
        "rejectedUpload(awaited, this.#url, rejected",
        "a client is told for ever to send its upload again",
      ],
      [
        'return text === "" ? path : `${path}?${text}`;',
        "return `${path}?${text}`;",
        "an empty query makes another address",
      ],
      [
        "if (/[?#]/.test(path))\n    throw",
        "if (false)\n    throw",
        "two queries are sent as one address that nobody meant",
      ],
    ],
  ),
];
