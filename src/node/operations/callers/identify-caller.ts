// Who sent a request: the application that its `Authorization` header names, or without one the application of the client
// certificate of its connection. A certificate does not make up for a header that names no application.

import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { CallerIndex } from './caller-index.ts';
import type { CallingApplication } from './calling-application.ts';
import { clientCertificateOf } from './client-certificate.ts';
import type { JwtCallers } from './jwt-callers.ts';

export interface CallerSources {
  readonly callers: CallerIndex;
  readonly jwts: JwtCallers;
  /** The manager's time, milliseconds since 1970. */
  readonly now: () => number;
}

export type IdentifiedCaller = CallingApplication | undefined;

const bearerPattern = /^Bearer +([\w.~+/-]+=*) *$/i;
const tokenPrefix = 'kpa_';
const jwtPattern = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Undefined for everyone who is unknown. A promise only where a JWT is to be verified.
 * @param project of the path: JWTs and certificates are credentials of its applications
 * @throws KeyplaneError `unavailable`
 */
export function identifyCaller(
  { callers, jwts, now }: CallerSources,
  project: string,
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
): IdentifiedCaller | Promise<IdentifiedCaller> {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    const certificate = clientCertificateOf(request.socket);
    return current(certificate && callers.byCertificate(project, certificate), now());
  }
  const token = bearerPattern.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  if (!token.startsWith(tokenPrefix) && jwtPattern.test(token)) {
    return jwts.find(project, token).then((caller) => current(caller, now()));
  }
  // What is compared is a hash that no caller can choose, so the time of the look-up reveals nothing of a token.
  return current(callers.byToken(hash('sha256', token, 'hex')), now());
}

/** Undefined also where its credential has expired. */
export function current(caller: IdentifiedCaller, now: number): IdentifiedCaller {
  return caller === undefined || caller.validUntil === null || now < caller.validUntil ? caller : undefined;
}
