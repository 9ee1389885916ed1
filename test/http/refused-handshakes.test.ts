import { pino } from 'pino';
import { expect, test } from 'vitest';
import { bareStream, hello } from '../api/support/raw-node.ts';
import { startTestManager } from '../support/manager.ts';

test('clients whose handshakes are rejected cannot fill the log', async () => {
  const lines: { msg: string; count?: number }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const world = await startTestManager({ environments: ['production'], log });
  try {
    for (let client = 0; client < 40; client += 1) {
      const old = await bareStream(world);
      old.say({ ...hello(), protocol: 1, name: 'old' });
      expect((await old.closed).code).toBe(4406);
      const broken = await bareStream(world);
      broken.say('{');
      await broken.closed;
    }
  } finally {
    await world.close();
  }
  const rejected = lines.filter(({ msg }) => msg === 'a node was rejected');
  expect(rejected).toHaveLength(61);
  expect(rejected.at(-1)?.count).toBe(20);
});
