import { generateKeyPairSync } from 'node:crypto';
import { WebSocket } from 'ws';
import { type FromManager, protocolVersion, streamPath } from '../../src/protocol/messages.ts';

/**
 * A node that takes nothing: it refuses each final message, or says that it has it with a digest that is not true.
 * @param joins where, with which enrollment token
 */
export function startLyingNode(
  joins: { readonly url: string; readonly token: string },
  name: string,
  manner: 'refuse' | 'lie',
): { close(): void } {
  const socket = new WebSocket(joins.url.replace(/^http/, 'ws') + streamPath, {
    headers: { authorization: `Bearer ${joins.token}` },
  });
  const say = (message: object) => socket.send(JSON.stringify(message));
  const { publicKey } = generateKeyPairSync('x25519');
  socket.on('open', () =>
    say({
      type: 'hello',
      protocol: protocolVersion,
      name,
      version: 'liar',
      environmentId: null,
      revision: 0,
      digest: '0'.repeat(64),
      publicKey: publicKey.export({ format: 'jwk' }).x,
    }),
  );
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString()) as FromManager;
    if (message.type !== 'state' || !message.final) return;
    const { to: revision } = message;
    if (manner === 'refuse') say({ type: 'refused', revision, reason: 'no room' });
    else say({ type: 'applied', revision, digest: 'ab'.repeat(32) });
  });
  socket.on('error', () => undefined);
  return { close: () => socket.terminate() };
}
