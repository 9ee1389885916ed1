// A node that speaks the protocol up to its welcome, and then does what a test requires.

import type { WebSocket } from 'ws';
import type { Applied, Refused } from '../../../src/protocol/messages.ts';
import type { TestManager } from '../../support/manager.ts';
import { startNodeClient } from '../../support/node-client.ts';

export interface FakeNode {
  /** Everything the manager said, as text. */
  readonly heard: readonly string[];
  /** What the manager ended the stream with; undefined while it is open. */
  closeCode(): number | undefined;
  close(): Promise<void>;
}

/** What it sends back to a state message that ends at this revision; nothing when undefined. */
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
  // The manager has it among its connected nodes by the time it says its first word.
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
