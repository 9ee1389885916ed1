// A node that speaks the protocol up to its welcome, and then does what a test requires.

import type { WebSocket } from 'ws';
import type { Applied, Refused } from '../../../src/protocol/messages.ts';
import type { TestManager } from '../../support/manager.ts';
import { startNodeClient } from '../../support/node-client.ts';

export interface FakeNode {
  /** All messages of the manager, as text. */
  readonly heard: readonly string[];
  /** The close code of the manager; undefined while the stream is open. */
  closeCode(): number | undefined;
  close(): Promise<void>;
}

/** Its reply to a state message that ends at this revision; undefined sends none. */
export type Reply = (revision: number, socket: WebSocket) => Applied | Refused | undefined;

/** Joined and connected. */
export async function startFakeNode(
  world: Pick<TestManager, 'api' | 'url'>,
  { environment, name, reply }: { environment: string; name: string; reply: Reply },
): Promise<FakeNode> {
  const path = `/apiops/environments/${environment}`;
  const { token } = (await world.api('POST', `${path}/enrollment-tokens/`)).body;
  const heard: string[] = [];
  let closeCode: number | undefined;
  const client = startNodeClient({
    url: world.url,
    environment,
    name,
    token,
    onState(state) {
      heard.push(JSON.stringify(state));
      const answer = reply(state.to, client.socket);
      if (answer) client.say(answer);
    },
  });
  void client.closed.then(({ code }) => {
    closeCode = code;
  });
  // The manager lists the node as connected before it sends its first message.
  await client.welcomed;
  heard.unshift('welcome');
  return {
    heard,
    closeCode: () => closeCode,
    async close() {
      client.socket.close();
      await client.closed;
    },
  };
}
