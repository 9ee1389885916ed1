// A node that speaks the protocol as far as its hello, and then does as it is told.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type FromNode, protocolVersion, streamPath } from '../../../src/protocol/messages.ts';
import { emptyDigest } from '../../../src/protocol/state-digest.ts';
import { type TestManager, until } from '../../support/manager.ts';

export interface FakeNode {
  /** Everything the manager said, as text. */
  readonly heard: readonly string[];
  /** What the manager ended the stream with; undefined while it is open. */
  closeCode(): number | undefined;
  close(): Promise<void>;
}

/** What it sends back to a state message that ends at this revision; nothing when undefined. */
export type Reply = (revision: number, socket: WebSocket) => Partial<FromNode> | undefined;

/** Joined and connected. */
export async function startFakeNode(
  world: Pick<TestManager, 'api' | 'url'>,
  { environment, name, reply }: { environment: string; name: string; reply: Reply },
): Promise<FakeNode> {
  const path = `/apiops/environments/${environment}`;
  const { token } = (await world.api('POST', `${path}/enrollment-tokens/`)).body;
  const url = world.url.replace(/^http/, 'ws') + streamPath;
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
  await once(socket, 'open');
  const { publicKey } = generateKeyPairSync('x25519');
  const heard: string[] = [];
  let closeCode: number | undefined;
  socket.on('close', (code) => {
    closeCode = code;
  });
  socket.on('message', (data) => {
    heard.push(data.toString());
    const message = JSON.parse(data.toString());
    const answer = message.type === 'state' ? reply(message.to, socket) : undefined;
    if (answer) socket.send(JSON.stringify(answer));
  });
  const hello: FromNode = {
    type: 'hello',
    protocol: protocolVersion,
    name,
    version: 'fake',
    environmentId: null,
    revision: 0,
    digest: emptyDigest.toString('hex'),
    publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
  };
  socket.send(JSON.stringify(hello));
  // The manager has it among its connected nodes by the time it says its first word.
  await until(() => heard.length > 0, `${name} is welcomed`);
  return {
    heard,
    closeCode: () => closeCode,
    async close() {
      if (socket.readyState === socket.CLOSED) return;
      socket.close();
      await once(socket, 'close');
    },
  };
}
