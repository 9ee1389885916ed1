import { STATUS_CODES } from '../../runtime/node-http.ts';

export interface ResponseParts {
  readonly status: 200 | 304;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** What the client may rely on when the connection is idle. */
  readonly keepAliveSeconds: number;
  /** None for 304. */
  readonly body?: string | Buffer;
}

/** A response as it is sent, head and body in one piece: the very bytes that node:http makes of its parts. */
export class SerializedResponse {
  readonly #beforeDate: string;
  readonly #afterDate: string;
  readonly #body: string | Buffer;
  #date = '';
  #serialized: string | Buffer = '';

  constructor({ status, headers, keepAliveSeconds, body = '' }: ResponseParts) {
    let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`;
    this.#beforeDate = `${head}Date: `;
    this.#afterDate = `\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${keepAliveSeconds}\r\n\r\n`;
    this.#body = body;
  }

  /** Made once for each date, which is once a second; a text is latin1. Never written to again. */
  at(date: string): string | Buffer {
    if (date !== this.#date) {
      const head = this.#beforeDate + date + this.#afterDate;
      const body = this.#body;
      this.#serialized =
        typeof body === 'string' ? head + body : Buffer.concat([Buffer.from(head, 'latin1'), body]);
      this.#date = date;
    }
    return this.#serialized;
  }
}

/** The value of `Date`, made once a second. */
export function httpDate(): () => string {
  let second = -1;
  let text = '';
  return () => {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1_000).toUTCString();
    }
    return text;
  };
}
