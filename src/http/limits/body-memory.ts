// Bounds the memory of request bodies. A body reserves its length before a byte of it is read and keeps it until the
// response is sent, since its parsed form is larger still. Users take turns. Small bodies have a separate budget, so
// that none of them waits for a keystore.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest, tooManyRequests } from '../../errors.ts';
import { FairQueue } from '../../runtime/fair-queue.ts';
import { requesterOf } from '../route-access.ts';

const MiB = 1024 * 1024;
const smallBytes = 64 * 1024;
const largestOfUser = 32 * MiB;
const queueLimits = {
  capacityPerRequester: largestOfUser,
  waiting: 256,
  /** One user leaves the last 64 places to others. */
  waitingPerRequester: 192,
  waitMs: 10_000,
  rejection: () =>
    tooManyRequests('bodies', 'Too many request bodies are being read, try again in a few seconds!', 5),
};

interface Reservation {
  readonly release: () => void;
  isHandled: boolean;
}

export function boundBodyMemory(app: FastifyInstance): void {
  const small = new FairQueue({ ...queueLimits, capacity: 64 * MiB });
  const large = new FairQueue({ ...queueLimits, capacity: 96 * MiB });
  const reservations = new WeakMap<FastifyRequest, Reservation>();

  app.addHook('preParsing', (request, reply, _payload, done) => {
    const weight = reservedBytes(request);
    if (weight === 0) return done();
    const queue = weight <= smallBytes ? small : large;
    queue.acquire({ requester: requesterOf(request), weight }).then((release) => {
      // A body whose connection was closed while it waited would never be read.
      if (request.raw.socket.destroyed) {
        release();
        return done(badRequest('The connection was closed before the request body was read!'));
      }
      const reservation: Reservation = { release, isHandled: false };
      reservations.set(request, reservation);
      reply.raw.once('close', () => {
        if (!reservation.isHandled) release();
      });
      done();
    }, done);
  });
  // From here on the body is in memory, also where the client leaves.
  app.addHook('preHandler', (request, _reply, done) => {
    const reservation = reservations.get(request);
    if (reservation) reservation.isHandled = true;
    done();
  });
  app.addHook('onSend', (request, _reply, _payload, done) => {
    reservations.get(request)?.release();
    done();
  });
}

/** The length that the client states, or the most that the route takes where it states none. */
function reservedBytes({ headers, routeOptions }: FastifyRequest): number {
  const most = Math.min(routeOptions.bodyLimit, largestOfUser);
  if (headers['content-length'] !== undefined) return Math.min(Number(headers['content-length']), most);
  return headers['transfer-encoding'] === undefined ? 0 : most;
}
