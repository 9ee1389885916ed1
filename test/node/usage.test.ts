// Counts of the use of keys: reported until the manager answers, kept over restarts, never counted twice.

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { UsageCounter } from '../../src/node/operations/usage-counter.ts';
import { applicationContent, memberContent, operate, ringContent } from './support/operations.ts';
import { runningManager, runningNode, TestLog, temporaryFolder } from './support/test-node.ts';

const timing = { usageMs: 20 };

test('a report is sent again, unchanged and over restarts, until the manager answers', async () => {
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  const options = { managerUrl: manager.url, dataDir, operations: { port: 0 }, timing };
  const ring = ringContent('tokens');
  const active = memberContent(ring, 1, 'ACTIVE');
  const { token, content } = applicationContent([{ ...ring, operations: ['SIGN'] }]);
  const first = await runningNode(options);
  const link = await manager.links.next();
  await link.reset(3, [ring, active, content]);
  const sign = (url: string | undefined) =>
    operate(url ?? '', 'key-rings/tokens/sign', { token, body: { claims: {} } });
  await sign(first.operations[0]);
  const report = await link.reports.next();
  const use = {
    applicationId: content.id,
    jwkId: active.id,
    operation: 'SIGN',
    outcome: 'SUCCEEDED',
    count: 1,
    lastUsedAt: expect.any(Number),
  };
  expect(report.uses).toEqual([use]);
  expect((report.uses[0]?.lastUsedAt ?? 0) % 60_000).toBe(0);
  await sign(first.operations[0]);
  await sign(first.operations[0]);
  expect(await link.reports.next()).toEqual(report);
  await first.close();

  const second = await runningNode(options);
  const again = await manager.links.next();
  expect(await again.reports.next()).toEqual(report);
  again.say({ type: 'counted', report: report.report });
  let next = await again.reports.next();
  while (next.report === report.report) next = await again.reports.next();
  expect(next.report).toBeGreaterThan(report.report);
  expect(next.uses).toEqual([{ ...use, count: 2 }]);
  await second.close();
});

test('more uses than a message holds are reported one message after the other', async () => {
  const now = () => 1_800_000_000_000;
  const log = new TestLog();
  const counter = await UsageCounter.load({ path: undefined, key: Buffer.alloc(32, 1), now, log });
  for (let jwk = 0; jwk < 200; jwk += 1) {
    counter.count({ applicationId: 'a', jwkId: `k${jwk}`, operation: 'SIGN', outcome: 'SUCCEEDED' });
  }
  const first = await counter.nextReport();
  expect(first?.uses).toHaveLength(150);
  counter.counted(first?.report ?? 0);
  const second = await counter.nextReport();
  expect(second?.uses).toHaveLength(50);
  expect(second?.report).toBeGreaterThan(first?.report ?? 0);
  counter.counted(second?.report ?? 0);
  expect(await counter.nextReport()).toBeUndefined();
});

test('a node that keeps nothing reports what it counted when it stops', async () => {
  const manager = await runningManager();
  const ring = ringContent('tokens');
  const active = memberContent(ring, 1, 'ACTIVE');
  const { token, content } = applicationContent([{ ...ring, operations: ['SIGN'] }]);
  const node = await runningNode({
    managerUrl: manager.url,
    dataDir: await temporaryFolder(),
    operations: { port: 0 },
    ephemeral: true,
  });
  const link = await manager.links.next();
  await link.reset(3, [ring, active, content]);
  const sign = { token, body: { claims: {} } };
  await operate(node.operations[0] ?? '', 'key-rings/tokens/sign', sign);
  await operate(node.operations[0] ?? '', 'key-rings/tokens/sign', sign);
  await node.close();
  const { uses } = await link.reports.next();
  expect(uses).toMatchObject([{ operation: 'SIGN', outcome: 'SUCCEEDED', count: 2 }]);
});

test('what was counted is on the disk soon, also of a process that is killed then', async () => {
  const folder = await temporaryFolder();
  const [path, copy] = [join(folder, 'usage'), join(folder, 'copy')];
  const options = { key: Buffer.alloc(32, 1), now: () => 1_800_000_000_000, log: new TestLog() };
  const counter = await UsageCounter.load({ ...options, path });
  const operations = ['SIGN', 'VERIFY', 'ENCRYPT', 'DECRYPT', 'MAC', 'ISSUE'] as const;
  for (const operation of operations) {
    counter.count({ applicationId: 'a', jwkId: 'k', operation, outcome: 'SUCCEEDED' });
  }
  const kept = async () => {
    await copyFile(path, copy).catch(() => undefined);
    const other = await UsageCounter.load({ ...options, path: copy });
    const report = await other.nextReport();
    await other.close();
    return report?.uses.map(({ operation }) => operation);
  };
  await vi.waitFor(async () => expect(await kept()).toEqual(operations), { timeout: 60_000 });
  await counter.close();
});
