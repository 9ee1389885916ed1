import { startNodeClient } from '../../test/support/node-client.ts';

/**
 * A node that takes nothing: it refuses each final message, or says that it has it with a digest that is not true.
 * @param joins where, with which enrollment token
 */
export function startLyingNode(
  joins: { readonly url: string; readonly environment: string; readonly token: string },
  name: string,
  manner: 'refuse' | 'lie',
): { close(): void } {
  const client = startNodeClient({
    ...joins,
    name,
    version: 'liar',
    onState({ to: revision, final }) {
      if (!final) return;
      if (manner === 'refuse') client.say({ type: 'refused', revision, reason: 'no room' });
      else client.say({ type: 'applied', revision, digest: 'ab'.repeat(32) });
    },
  });
  client.socket.on('error', () => undefined);
  return { close: () => client.socket.terminate() };
}
