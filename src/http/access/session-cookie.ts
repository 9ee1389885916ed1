// The session of the console: a cookie that no script can read and that no other site can send along.
// A request that changes something with it must come from a page of this very origin: SameSite=Strict keeps other
// sites out, and what the browser says of the request (Sec-Fetch-Site, or its Origin) is checked on top.

import type { IncomingHttpHeaders } from 'node:http';
import { TLSSocket } from 'node:tls';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KeyplaneError } from '../../errors.ts';

/** Over https: a browser takes it with Secure and for this very host alone, so no sibling domain can plant one. */
const hostCookieName = '__Host-keyplane_session';
/** Plain http is for this machine only and has no use for Secure. */
const plainCookieName = 'keyplane_session';
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What stands for an `Authorization` header where a request has none. */
export function sessionAuthorization(request: FastifyRequest): string | undefined {
  const { cookie } = request.headers;
  if (cookie === undefined) return undefined;
  const cookies = parseCookie(cookie);
  // Where TLS ends in front of the manager, a request does not say whether it came over https; where both are there,
  // only the first is sure to be ours. Where TLS is the manager's own, nothing but the first is.
  const plain = request.raw.socket instanceof TLSSocket ? undefined : cookies[plainCookieName];
  const token = cookies[hostCookieName] ?? plain;
  if (token === undefined) return undefined;
  refuseOtherOrigins(request);
  return `Bearer ${token}`;
}

function refuseOtherOrigins({ method, headers }: FastifyRequest): void {
  if (safeMethods.has(method) || originOf(headers) === 'own') return;
  throw forbidden('A session of the console only changes something on behalf of its own pages!');
}

/**
 * Signing in needs no cookie, so a program may do it; a page of another site may not, because it could sign a browser
 * in under a name of its choice.
 * @throws KeyplaneError `forbidden`
 */
export function refuseOtherSites({ headers }: FastifyRequest): void {
  if (originOf(headers) === 'other') throw forbidden('Only pages of keyplane itself sign in here!');
}

/** Browsers of today say it themselves; an older one at least says where the page is from. */
function originOf(headers: IncomingHttpHeaders): 'own' | 'other' | 'unknown' {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' ? 'own' : 'other';
  const { origin, host } = headers;
  if (origin === undefined) return 'unknown';
  if (!URL.canParse(origin)) return 'other';
  // A Host header may name the port that the scheme has anyway.
  const { protocol, host: ofPage } = new URL(origin);
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === ofPage ? 'own' : 'other';
}

function forbidden(text: string): KeyplaneError {
  return new KeyplaneError('forbidden', `${text} Programs send an API token`);
}

export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { token, seconds }: { readonly token: string; readonly seconds: number },
): void {
  reply.header('set-cookie', cookieText(request, token, seconds));
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('set-cookie', cookieText(request, '', 0));
}

function cookieText({ headers, protocol }: FastifyRequest, value: string, maxAge: number): string {
  const secure = protocol === 'https' || headers.origin?.startsWith('https:') === true;
  const name = secure ? hostCookieName : plainCookieName;
  return stringifySetCookie({ name, value, maxAge, path: '/', httpOnly: true, secure, sameSite: 'strict' });
}
