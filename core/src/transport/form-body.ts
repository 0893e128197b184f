/**
 * A form as bytes that every undici sends alike, and can send again. An undici does not know the FormData of another: it waits for ever
 * for its bytes, and of one that fetch has announced already it sends the parts with another boundary.
 */
import type { Dispatcher } from "undici";
import { headerKey } from "../http/client-credentials.js";
import { type DispatchHeaders, eachHeader } from "./client-request.js";

/** Whether a body is a FormData, of whichever package. */
export function isForm(body: unknown): body is FormData {
  return typeof body === "object" && body !== null && (body as FormData)[Symbol.toStringTag as never] === "FormData";
}

/** The options with a form in the body as a Blob, which holds files as references; any others as they are. */
export function withFormAsBytes(options: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
  const { body } = options as { body?: unknown };
  if (!isForm(body)) return options;
  const boundary = announced(options.headers as DispatchHeaders).boundary ?? `----formdata-${crypto.randomUUID()}`;
  return { ...options, body: formBytes(body, boundary) as never };
}

/** What the headers say of the body. */
export function announced(headers: DispatchHeaders): { length?: number; boundary?: string | undefined } {
  const said: { length?: number; boundary?: string | undefined } = {};
  eachHeader(headers, (name, value) => {
    const key = headerKey(name);
    if (key === "content-length") said.length = Number(value);
    if (key === "content-type") said.boundary = BOUNDARY.exec(String(value))?.slice(1).find(Boolean);
  });
  return said;
}

const BOUNDARY = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]*)"|([^\s;]*))/i;

/** As the standard of fetch has it (multipart/form-data encoding algorithm). undici takes the content type from the Blob where none is given. */
export function formBytes(form: FormData, boundary: string): Blob {
  const parts: (string | Blob)[] = [];
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escaped(withLineBreaks(name))}"`;
    if (typeof value === "string") {
      parts.push(`${head}\r\n\r\n${withLineBreaks(value)}\r\n`);
    } else {
      const type = value.type || "application/octet-stream";
      parts.push(`${head}; filename="${escaped(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, value, "\r\n");
    }
  }
  return new Blob([...parts, `--${boundary}--\r\n`], { type: `multipart/form-data; boundary=${boundary}` });
}

const escaped = (text: string) => text.replace(/\n/g, "%0A").replace(/\r/g, "%0D").replace(/"/g, "%22");
const withLineBreaks = (text: string) => text.replace(/\r?\n|\r/g, "\r\n");
