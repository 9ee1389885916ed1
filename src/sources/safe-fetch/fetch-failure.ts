// What went wrong inside a fetch, before it is known which URL the message names. Messages of the system or of a
// library are not passed on: they hold addresses and ports.

import type { ErrorReason } from '../../error-reasons.ts';
import { badRequest, isKeyplaneError, type KeyplaneError } from '../../errors.ts';

/**
 * `reason` continues the sentence `URL (…)` and has no mark at its end. `remedy` is a sentence that says what to do.
 * `detail` is for the log.
 */
export class FetchFailure extends Error {
  override readonly name = 'FetchFailure';
  readonly detail: string | undefined;
  readonly remedy: string | undefined;
  readonly reason: ErrorReason = 'URL_FETCH_FAILED';

  constructor(reason: string, cause?: unknown, remedy?: string) {
    super(reason, { cause });
    this.remedy = remedy;
    this.detail = cause instanceof Error ? `${codeOf(cause) ?? cause.name}: ${cause.message}` : undefined;
  }
}

/** Its address is one that only the administrator may allow. */
export class FetchNotAllowed extends FetchFailure {
  override readonly reason = 'URL_NOT_ALLOWED';
}

/** The public form of a failure; anything else is our own mistake and is passed on as it is. */
export function publicFailure(error: unknown, subject: string): KeyplaneError | unknown {
  if (isKeyplaneError(error) || !(error instanceof FetchFailure)) return error;
  const detail = error.detail === undefined ? {} : { detail: error.detail };
  const remedy = error.remedy === undefined ? '' : ` ${error.remedy}`;
  return badRequest(`${subject} ${error.message}!${remedy}`, {
    reason: error.reason,
    ...detail,
    cause: error,
  });
}

const networkReasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its host name is not found',
  ENODATA: 'its host name is not found',
  EAI_AGAIN: 'the name server did not respond',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  ENETUNREACH: 'there is no route to its host',
  EHOSTUNREACH: 'there is no route to its host',
  EADDRNOTAVAIL: 'there is no route to its host',
  ETIMEDOUT: 'its host did not respond',
};

const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

const addAuthority =
  "Add the authority's certificate (PEM) to the file that KEYPLANE_URL_CA_FILE names, and start the manager again";

/** X509 codes of OpenSSL, as Node names them, for a chain that does not reach a known authority. */
const untrustedChains: Readonly<Record<string, { readonly why: string; readonly remedy: string }>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: {
    why: 'the server does not send the certificates that lead to a known authority',
    remedy: `Let the server send its intermediate certificates. ${addAuthority}, if the authority is a private one`,
  },
  UNABLE_TO_GET_ISSUER_CERT: { why: 'its chain ends before a known authority', remedy: addAuthority },
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: { why: 'its authority is not known', remedy: addAuthority },
  SELF_SIGNED_CERT_IN_CHAIN: { why: 'its authority is not known', remedy: addAuthority },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    why: 'it is self-signed',
    remedy:
      'Add the certificate itself (PEM) to the file that KEYPLANE_URL_CA_FILE names, and start the manager again',
  },
};

/** The other X509 codes. Those of TLS begin with ERR_, those of the network have no underscore. */
const certificateCode = /^(?!ERR_)([A-Z]+(_[A-Z]+)+|UNSPECIFIED)$/;

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
  const chain = untrustedChains[code];
  if (chain !== undefined) {
    return notReachable(`its certificate is not trusted, because ${chain.why}`, error, chain.remedy);
  }
  const otherwise = certificateCode.test(code)
    ? `its certificate is not trusted (${code})`
    : 'the TLS handshake failed';
  return notReachable(certificateReasons[code] ?? otherwise, error);
}

/** From the request sent to the last byte of the response, as undici reports it. */
export function answerFailure(error: unknown): FetchFailure {
  if (error instanceof FetchFailure) return error;
  // By name: undici is loaded only where something is fetched.
  const name = error instanceof Error ? error.name : '';
  if (name === 'HeadersOverflowError') {
    return new FetchFailure('responded with headers that are too large', error);
  }
  if (name === 'HTTPParserError' || name === 'ResponseContentLengthMismatchError') {
    return new FetchFailure('responded with what is not valid HTTP', error);
  }
  return new FetchFailure('closed the connection before its response was complete', error);
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function notReachable(why: string, cause: unknown, remedy?: string): FetchFailure {
  return new FetchFailure(`is not reachable: ${why}`, cause, remedy);
}
