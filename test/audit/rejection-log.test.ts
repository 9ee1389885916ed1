import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { AuditEvent } from '../../src/audit/audit-log.ts';
import { createAuditLog } from '../../src/audit/create-audit-log.ts';
import { createRejectionLog, type RejectionLog } from '../../src/audit/rejection-log.ts';
import type { Store } from '../../src/store/store.ts';
import { withDatabases } from '../support/databases.ts';
import { FakeTime } from '../support/fake-time.ts';

withDatabases('rejections in the audit record', (fresh) => {
  let store: Store;
  let time: FakeTime;
  let rejections: RejectionLog;

  beforeEach(async () => {
    store = await (await fresh()).open();
    time = new FakeTime();
    const audit = createAuditLog({ key: randomBytes(32), clock: () => new Date() });
    const onError = (error: unknown) => {
      throw error;
    };
    rejections = createRejectionLog({ store, audit, time, minutesLimit: 2, onError });
  });

  const denied = (actor: string, operation = 'createJwk', projectName = 'MyProject'): AuditEvent => ({
    actor,
    action: 'access.deny',
    objectType: 'project',
    objectId: null,
    objectName: projectName,
    projectName,
    outcome: 'DENIED',
    details: { operation },
  });
  const records = () => store.read((stores) => stores.audit.list(0, 1_000));

  test('are 60 a minute of one caller and one more that counts the rest', async () => {
    for (let number = 0; number < 100; number += 1) await rejections.append(denied('ada'), 'ada');
    expect(await records()).toHaveLength(60);
    time.advance(60_000);
    await rejections.close();
    const [last, ...others] = (await records()).toReversed();
    expect(others).toHaveLength(60);
    expect(last).toMatchObject(denied('ada'));
    expect(last?.details).toEqual({ operation: 'createJwk', count: 40 });
    expect(others[0]?.details).toEqual({ operation: 'createJwk' });
  });

  test('are counted when the minute is over, and recorded one by one again in the next', async () => {
    for (let number = 0; number < 61; number += 1) await rejections.append(denied('ada'), 'ada');
    time.advance(59_999);
    expect(await records()).toHaveLength(60);
    time.advance(1);
    await rejections.append(denied('ada'), 'ada');
    await rejections.close();
    const details = (await records()).slice(60).map((record) => record.details);
    expect(details).toHaveLength(2);
    expect(details).toContainEqual({ operation: 'createJwk', count: 1 });
    expect(details).toContainEqual({ operation: 'createJwk' });
  });

  test('of one caller take nothing of the minute of another', async () => {
    for (let number = 0; number < 70; number += 1) await rejections.append(denied('ada'), 'ada');
    await rejections.append(denied('bob'), 'bob');
    expect((await records()).at(-1)).toMatchObject({ actor: 'bob', details: { operation: 'createJwk' } });
    await rejections.close();
    expect((await records()).at(-1)).toMatchObject({ actor: 'ada', details: { count: 10 } });
  });

  test('of several actions are 60 of one caller in all, and the rest is counted by action', async () => {
    const refused = { ...denied('system'), action: 'node.refuse' };
    for (let number = 0; number < 61; number += 1) await rejections.append(refused, '192.0.2.1');
    for (let number = 0; number < 3; number += 1) await rejections.append(denied('ada'), '192.0.2.1');
    expect(await records()).toHaveLength(60);
    await rejections.close();
    const counts = (await records())
      .slice(60)
      .map(({ action, details }) => ({ action, count: details.count }));
    expect(counts).toHaveLength(2);
    expect(counts).toContainEqual({ action: 'node.refuse', count: 1 });
    expect(counts).toContainEqual({ action: 'access.deny', count: 3 });
  });

  test('end the oldest minute early where too many callers are counted, and its count is not lost', async () => {
    for (let number = 0; number < 62; number += 1) await rejections.append(denied('ada'), 'ada');
    await rejections.append(denied('bob'), 'bob');
    await rejections.append(denied('eve'), 'eve');
    expect(time.timers).toBe(2);
    await rejections.close();
    expect((await records()).slice(60)).toContainEqual(
      expect.objectContaining({ actor: 'ada', details: { operation: 'createJwk', count: 2 } }),
    );
  });

  test('that differ are counted under what they have in common', async () => {
    for (let number = 0; number < 60; number += 1) await rejections.append(denied('ada'), 'ada');
    await rejections.append(denied('ada', 'deleteJwk', 'One'), 'ada');
    await rejections.append(denied('ada', 'createJwk', 'Two'), 'ada');
    await rejections.close();
    const last = (await records()).at(-1);
    expect(last).toMatchObject({
      actor: 'ada',
      action: 'access.deny',
      objectName: 'several',
      projectName: null,
    });
    expect(last?.details).toEqual({ count: 2 });
  });

  test('leave no record of a count where nothing was left to count, and no timer', async () => {
    await rejections.append(denied('ada'), 'ada');
    expect(time.timers).toBe(1);
    await rejections.close();
    expect(time.timers).toBe(0);
    expect(await records()).toHaveLength(1);
  });
});
