import type { FastifyReply, FastifyRequest } from 'fastify';
import { badRequest } from '../../errors.ts';
import { hostFault } from '../../runtime/host-header.ts';

/** Limits of time and size for requests, in addition to the body limits of the routes. */
export interface ServerLimits {
  /** Connections at once, streams of nodes among them; further ones are closed as they come. */
  readonly connections: number;
  /** From the first byte of a request, or the start of an idle connection, until its headers are complete. */
  readonly headersMs: number;
  /** The whole request, from its first byte. */
  readonly requestMs: number;
  /** How often both limits are checked. */
  readonly lookEveryMs: number;
}

export const defaultServerLimits: ServerLimits = Object.freeze({
  // Each connection uses memory before it sends a request.
  connections: 10_000,
  headersMs: 15_000,
  // A keystore over a slow line takes its time.
  requestMs: 120_000,
  lookEveryMs: 5_000,
});

const mostHeaders = 100;

/** Node bounds the bytes of all headers, in which thousands have room; each costs more than its bytes. */
export function refuseManyHeaders({ raw }: FastifyRequest): void {
  if (raw.rawHeaders.length > 2 * mostHeaders) {
    throw badRequest(`The request has more than ${mostHeaders} headers!`);
  }
}

/**
 * What node:http leaves to us, or would reject without a body (RFC 9112 section 3.2, RFC 9110 section 10.1.1). The
 * connection ends with the response: what else came on it may be read in two ways too, and a body may never come.
 * @param count counts the request for the rate limits; may throw
 */
export function refuseBadHead({ raw }: FastifyRequest, reply: FastifyReply, count: () => void): void {
  const { httpVersion, headers } = raw;
  const hasNoHost = httpVersion === '1.1' && headers.host === undefined;
  const fault =
    hostFault(raw) ?? (hasNoHost ? 'The request has no Host header!' : expectationFault(headers.expect));
  if (fault === undefined) return;
  reply.header('Connection', 'close');
  count();
  throw badRequest(fault);
}

function expectationFault(expect: string | undefined): string | undefined {
  return expect === undefined || /^\s*100-continue\s*$/i.test(expect)
    ? undefined
    : 'Expect is not supported! The only accepted value is 100-continue';
}
