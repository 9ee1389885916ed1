// Request heads, byte by byte, of which it is known what node:http reads in them. The request is what is learned, never its
// answer. Bounded: a flood of heads that never come again (trace ids) drives out others like it before any that is in use.

import type { IncomingMessage } from 'node:http';

export interface CachedHead {
  readonly target: string;
  readonly ifNoneMatch: string | undefined;
}

/** Longer ones are not learned. */
export const longestHeadBytes = 2048;
const headLimit = 512;

/**
 * Headers after which an answer, or what follows the head, may be another than that of a plain GET; and those with
 * secrets, which are not to stay in memory.
 */
const refusedHeaders: readonly string[] = [
  'content-length',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'expect',
  'http2-settings',
  'proxy-connection',
  'authorization',
  'proxy-authorization',
  'cookie',
];

export class RequestHeadCache {
  readonly #heads = new Map<string, CachedHead & { used: boolean }>();

  get size(): number {
    return this.#heads.size;
  }

  /** @param bytes as latin1 text, all that came and nothing else */
  find(bytes: string): CachedHead | undefined {
    const head = this.#heads.get(bytes);
    if (head !== undefined) head.used = true;
    return head;
  }

  /**
   * @param bytes as latin1 text
   * @param request the first that node:http read, beginning with the first of these bytes
   * @returns whether it is known from now on
   */
  learn(bytes: string, request: IncomingMessage): boolean {
    if (bytes.length > longestHeadBytes || this.#heads.has(bytes) || !isAllOf(bytes, request)) return false;
    if (this.#heads.size >= headLimit) this.#forgetOne();
    const target = request.url ?? '';
    this.#heads.set(bytes, { target, ifNoneMatch: request.headers['if-none-match'], used: false });
    return true;
  }

  /** The oldest head that was not used since the last check. */
  #forgetOne(): void {
    for (const [bytes, head] of this.#heads) {
      this.#heads.delete(bytes);
      if (!head.used) return;
      head.used = false;
      this.#heads.set(bytes, head);
    }
  }
}

/**
 * Whether the bytes are exactly this request, a GET in its plainest form: the request that node:http parsed, written
 * out again, equals all bytes. Any other form (folded lines, bare line feeds, more or fewer blanks) and any bytes after
 * it differ here, without a parser of our own.
 */
function isAllOf(bytes: string, request: IncomingMessage): boolean {
  const { url, headers, rawHeaders } = request;
  if (refusedHeaders.some((name) => headers[name] !== undefined)) return false;
  const { connection = 'keep-alive' } = headers;
  if (connection.toLowerCase() !== 'keep-alive') return false;
  let written = `GET ${url} HTTP/1.1\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) written += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  return `${written}\r\n` === bytes;
}
