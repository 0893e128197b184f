/** Ctrl-C or Escape at a question. */
export class Cancelled extends Error {}
