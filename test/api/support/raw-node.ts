// The manager's end of the stream, met by somebody who has a token and says what a test makes it say.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Hello, protocolVersion, streamPath } from '../../../src/protocol/messages.ts';
import { emptyDigest } from '../../../src/protocol/state-digest.ts';
import type { TestManager } from '../../support/manager.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of any shape
type Message = any;

export interface RawNode {
  readonly socket: WebSocket;
  readonly heard: readonly Message[];
  say(message: unknown): void;
  /** The code that the manager closed the stream with, or 1006 where it was cut. */
  readonly closed: Promise<number>;
}

export async function enrollmentToken(world: TestManager, environment: string): Promise<string> {
  return (await world.api('POST', `/apiops/environments/${environment}/enrollment-tokens/`)).body.token;
}

/** @throws Error with the status, where the token opens nothing */
export async function dial(world: TestManager, token: string): Promise<RawNode> {
  const url = world.url.replace(/^http/, 'ws') + streamPath;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  // `once` of events would reject with the error of a refused dial, which the wait for `open` tells already.
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const heard: Message[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  socket.on('error', () => undefined);
  const say = (message: unknown) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return { socket, heard, say, closed };
}

export function hello(said: Partial<Hello> = {}): Hello {
  const { publicKey } = generateKeyPairSync('x25519');
  return {
    type: 'hello',
    protocol: protocolVersion,
    name: 'raw',
    version: 'raw',
    environmentId: null,
    revision: 0,
    digest: emptyDigest.toString('hex'),
    publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
    ...said,
  };
}
