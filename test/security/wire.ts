import { Dispatcher } from "undici";

export interface Sent {
  origin: string;
  path: string;
  /** All header names and values, flat. */
  headers: string;
}

/** The end of the line: notes what would leave the machine, and answers as told. */
export class Wire extends Dispatcher {
  readonly sent: Sent[] = [];
  /** Status and Location for a hop; undefined: 200. */
  redirect: (sent: Sent) => { status: number; location: string } | undefined = () => undefined;

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const origin = String(options.origin).replace(/\/$/, "");
    const sent = { origin, path: options.path, headers: JSON.stringify(options.headers ?? []) };
    this.sent.push(sent);
    const controller = {
      pause() {},
      resume() {},
      abort() {},
      paused: false,
      aborted: false,
      reason: null,
      rawHeaders: [] as Buffer[],
    };
    const to = this.redirect(sent);
    const headers = to === undefined ? {} : { location: to.location };
    controller.rawHeaders = Object.entries(headers).flatMap((pair) => pair.map((text) => Buffer.from(text)));
    queueMicrotask(() => {
      handler.onRequestStart?.(controller as never, {});
      handler.onResponseStart?.(controller as never, to?.status ?? 200, headers, "");
      handler.onResponseEnd?.(controller as never, {});
    });
    return true;
  }
}
