// A client of the manager's node stream that sends what a test gives it.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Hello, protocolVersion, type Resume, streamPath } from '../../../src/protocol/messages.ts';
import type { SigningKey } from '../../../src/protocol/signing-keys.ts';
import type { TestManager } from '../../support/manager.ts';
import { keyOfName, type NodeClient, startNodeClient } from '../../support/node-client.ts';

export async function enrollmentToken(
  world: Pick<TestManager, 'api'>,
  environment: string,
  wanted: object = {},
): Promise<string> {
  const made = await world.api('POST', `/apiops/environments/${environment}/enrollment-tokens/`, {
    privateKeys: true,
    ...wanted,
  });
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  return made.body.token;
}

export interface RawNodeOptions {
  readonly environment?: string;
  readonly name?: string;
  readonly key?: SigningKey;
  readonly resume?: Partial<Resume>;
}

/** A node that does the handshake, with a key that belongs to its name unless it is given another. */
export function rawNode(
  world: Pick<TestManager, 'url'>,
  token: string | undefined,
  { environment = 'production', name = 'raw', ...others }: RawNodeOptions = {},
): NodeClient {
  return startNodeClient({ url: world.url, token, environment, name, ...others });
}

export interface BareStream {
  say(message: unknown): void;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** The WebSocket alone. */
export async function bareStream(world: Pick<TestManager, 'url'>): Promise<BareStream> {
  const socket = new WebSocket(world.url.replace(/^http/, 'ws') + streamPath);
  const closed = new Promise<{ code: number; reason: string }>((done) => {
    socket.once('close', (code, reason) => done({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  socket.on('error', () => undefined);
  const say = (message: unknown) =>
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  return { say, closed };
}

/** The hello of a node whose key is not registered. */
export function hello(said: Partial<Hello> = {}): Hello {
  const { publicKey } = generateKeyPairSync('x25519');
  return {
    type: 'hello',
    protocol: protocolVersion,
    environment: 'production',
    name: 'raw',
    version: 'raw',
    ephemeralKey: publicKey.export({ format: 'jwk' }).x ?? '',
    nodeKey: keyOfName('raw').publicKey.toString('base64url'),
    ...said,
  };
}
