// What went wrong inside a fetch, before it is known which URL the user is told about.
// Refuses to pass on the words of the system or of a library: they hold addresses and ports.

import { badRequest, isKeyplaneError, type KeyplaneError } from '../../errors.ts';

/** `reason` continues the sentence `URL (…)` and has no mark at its end. `detail` is for the log. */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly detail: string | undefined;

  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.detail = cause instanceof Error ? `${codeOf(cause) ?? cause.name}: ${cause.message}` : undefined;
  }
}

/** The public form of a failure; anything else is our own mistake and is passed on as it is. */
export function publicFailure(error: unknown, subject: string): KeyplaneError | unknown {
  if (isKeyplaneError(error) || !(error instanceof FetchFailure)) return error;
  const detail = error.detail === undefined ? {} : { detail: error.detail };
  return badRequest(`${subject} ${error.message}!`, { ...detail, cause: error });
}

const networkReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name is not found',
  ENODATA: 'its host name is not found',
  EAI_AGAIN: 'the name server did not answer',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  ENETUNREACH: 'there is no route to its host',
  EHOSTUNREACH: 'there is no route to its host',
  EADDRNOTAVAIL: 'there is no route to its host',
  ETIMEDOUT: 'its host did not answer',
};

const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

// The other X509 codes that Node takes over from OpenSSL: all of them end in no path to a trusted root.
const untrustedCode = /^(?!ERR_|E[A-Z]+$).*(CERT|ISSUER|CRL|CA|CHAIN|PATH|PURPOSE)/;

/** Name lookup and TCP. */
export function connectFailure(error: unknown): FetchFailure {
  // With several addresses there is an error for each; the last one was not cut short for the next.
  const last = error instanceof AggregateError ? (error.errors.at(-1) ?? error) : error;
  return notReachable(networkReasons[codeOf(last) ?? ''] ?? 'the connection failed', last);
}

export function tlsFailure(error: unknown): FetchFailure {
  const code = codeOf(error) ?? '';
  const network = networkReasons[code];
  if (network !== undefined) return notReachable(`${network} in the TLS handshake`, error);
  const otherwise = untrustedCode.test(code) ? 'its certificate is not trusted' : 'the TLS handshake failed';
  return notReachable(certificateReasons[code] ?? otherwise, error);
}

/** From the request sent to the last byte of the answer, as undici reports it. */
export function answerFailure(error: unknown): FetchFailure {
  if (error instanceof FetchFailure) return error;
  // By name: undici is loaded only where something is fetched.
  const name = error instanceof Error ? error.name : '';
  if (name === 'HeadersOverflowError') {
    return new FetchFailure('answered with headers that are too large', error);
  }
  if (name === 'HTTPParserError' || name === 'ResponseContentLengthMismatchError') {
    return new FetchFailure('answered with what is not valid HTTP', error);
  }
  return new FetchFailure('closed the connection before its answer was complete', error);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function notReachable(why: string, cause: unknown): FetchFailure {
  return new FetchFailure(`is not reachable: ${why}`, cause);
}
