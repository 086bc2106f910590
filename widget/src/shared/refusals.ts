// The two ways in which a request fails: the server says no, or says nothing.

/** The server answered no: `code` is stable, `detail` helps to recover. */
export class Refused extends Error {
  readonly code: string;
  readonly detail: Record<string, unknown>;

  constructor(code: string, detail: Record<string, unknown> = {}) {
    super(code);
    this.name = "Refused";
    this.code = code;
    this.detail = detail;
  }
}

/** No answer came: the request may be repeated, because every request is idempotent by its client_id. */
export class NoAnswer extends Error {
  constructor() {
    super("no answer");
    this.name = "NoAnswer";
  }
}
