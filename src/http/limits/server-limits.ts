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

/** The connection ends with the response: what else came on it may be read in two ways too. */
export function refuseBadHost({ raw }: FastifyRequest, reply: FastifyReply): void {
  const fault = hostFault(raw);
  if (fault === undefined) return;
  reply.header('Connection', 'close');
  throw badRequest(fault);
}
