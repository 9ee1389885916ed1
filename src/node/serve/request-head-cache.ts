// Request heads of which it is known what node:http reads in them: byte by byte, but for the values of a few headers that
// change no response. Those are not kept. The request is what is learned, never its response. Bounded: a flood of heads that
// never come again drives out others like it before any that is in use.

import type { IncomingMessage } from 'node:http';

export interface CachedHead {
  readonly target: string;
  readonly ifNoneMatch: string | undefined;
}

/** Longer ones are not learned. */
export const longestHeadBytes = 2048;
const headLimit = 512;

/** Headers after which a response, or what follows the head, may be another than that of a plain GET. */
const refusedHeaders: readonly string[] = [
  'content-length',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'expect',
  'http2-settings',
  'proxy-connection',
  'proxy-authorization',
];

/**
 * Headers that no route reads and whose value does not change how node:http reads the rest: those with secrets, which
 * are not to stay in memory, and those that proxies and tracing set for each request. Never one that frames a
 * message, names the host or the state of the connection, or is a condition.
 */
const freeHeaders: readonly string[] = [
  'authorization',
  'cookie',
  'baggage',
  'forwarded',
  'traceparent',
  'tracestate',
  'b3',
  'x-amzn-trace-id',
  'x-b3-parentspanid',
  'x-b3-sampled',
  'x-b3-spanid',
  'x-b3-traceid',
  'x-cloud-trace-context',
  'x-correlation-id',
  'x-forwarded-for',
  'x-real-ip',
  'x-request-id',
];

/** Values are printable ASCII that neither begins nor ends with a blank. */
const freeLines = new RegExp(`\\r\\n(${freeHeaders.join('|')}): [!-~](?:[ -~]*[!-~])?`, 'gi');
/** Such a value too, so that a key is one of the requests that it stands for. */
const anyValue = '*';

export class RequestHeadCache {
  readonly #heads = new Map<string, CachedHead & { used: boolean }>();

  get size(): number {
    return this.#heads.size;
  }

  /** @param bytes as latin1 text, all that came and nothing else */
  find(bytes: string): CachedHead | undefined {
    const head = this.#heads.get(bytes) ?? this.#heads.get(withoutFreeValues(bytes));
    if (head !== undefined) head.used = true;
    return head;
  }

  /**
   * @param bytes as latin1 text
   * @param request the first that node:http read, beginning with the first of these bytes
   * @returns whether it is known from now on
   */
  learn(bytes: string, request: IncomingMessage): boolean {
    if (bytes.length > longestHeadBytes) return false;
    const key = keyOf(bytes, request);
    if (key === undefined || this.#heads.has(key)) return false;
    if (this.#heads.size >= headLimit) this.#forgetOne();
    const target = request.url ?? '';
    this.#heads.set(key, { target, ifNoneMatch: request.headers['if-none-match'], used: false });
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
 * The parser reads the bytes before such a value alike, so it stands at the value of a header that has no meaning to it.
 * Every such value leaves it there, before the same bytes.
 */
function withoutFreeValues(bytes: string): string {
  return bytes.replace(freeLines, `\r\n$1: ${anyValue}`);
}

/**
 * The key of bytes that are exactly this request, a GET in its plainest form: the request that node:http parsed, written
 * out again, equals all bytes, where free values are left out of both. Any other form (folded lines, bare line feeds, more
 * or fewer blanks) and any bytes after it differ here, without a parser of our own.
 * @returns undefined for all others
 */
function keyOf(bytes: string, request: IncomingMessage): string | undefined {
  const { url, headers, rawHeaders } = request;
  if (refusedHeaders.some((name) => headers[name] !== undefined)) return undefined;
  const { connection = 'keep-alive' } = headers;
  if (connection.toLowerCase() !== 'keep-alive') return undefined;
  let written = `GET ${url} HTTP/1.1\r\n`;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value] = [rawHeaders[at], rawHeaders[at + 1]];
    written += `${name}: ${freeHeaders.includes(name.toLowerCase()) ? anyValue : value}\r\n`;
  }
  written += '\r\n';
  return written === withoutFreeValues(bytes) ? written : undefined;
}
