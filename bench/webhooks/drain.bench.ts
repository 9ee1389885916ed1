// How long the manager's event loop is held while 10,000 events that waited for a receiver are delivered to it, and how long that
// takes. The limit of a turn is 20 ms.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBenchManager } from '../bench-manager.ts';
import type { BenchRow } from '../bench-row.ts';
import type { RecordQuestion } from './recording-manager.ts';

const limitMs = 20;
const events = 10_000;

export async function run(): Promise<BenchRow[]> {
  let isUnreachable = true;
  let accepted = 0;
  let refused = 0;
  const receiver = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (isUnreachable) refused += 1;
      else accepted += 1;
      response.writeHead(isUnreachable ? 503 : 204).end();
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;
  const manager = await startBenchManager(1, {
    file: new URL('./recording-manager.ts', import.meta.url),
    settings: { KEYPLANE_URL_ALLOW: '127.0.0.1' },
  });
  const base = '/apiops/projects/Bench';
  try {
    await manager.post(`${base}/outlets/`, {
      name: 'drained',
      kind: 'WEBHOOK',
      target: { url: `http://127.0.0.1:${port}/hook`, events: ['jwk.updated'] },
      credential: { secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
    });
    await manager.ask({ record: events } satisfies RecordQuestion);
    while (refused === 0) await sleep(20);
    isUnreachable = false;
    const startedAt = performance.now();
    await manager.post(`${base}/outlets/drained/deliver`, {});
    // What a first request of a kind costs is not asked here.
    await manager.loopDelay();
    while (accepted < events) await sleep(20);
    const seconds = (performance.now() - startedAt) / 1_000;
    const { p99, ownMax } = await manager.loopDelay();
    return [
      {
        name: `Event loop while ${events.toLocaleString('en')} events are delivered to a webhook`,
        ours: `longest turn ${ownMax.toFixed(1)} ms`,
        yardstick: `${limitMs} ms`,
        ratio: ownMax / limitMs,
        goal: { atMost: 1 },
        note: `of processor time; p99 of the delay ${p99.toFixed(1)} ms; ${Math.round(events / seconds).toLocaleString('en')} events/s, each over a separate connection`,
      },
    ];
  } finally {
    await manager.close();
    receiver.close();
    receiver.closeAllConnections();
  }
}
