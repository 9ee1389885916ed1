import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { SealedLog } from '../../src/node/disk/sealed-log.ts';
import type { StateCopy } from '../../src/node/disk/state-copy.ts';
import { NodeState } from '../../src/node/node-state.ts';
import { restoreCopy } from '../../src/node/restore-copy.ts';
import { RevokedKids } from '../../src/node/revoked-kids.ts';
import { StateReceiver } from '../../src/node/state-receiver.ts';
import type { Change, DeployedContent } from '../../src/protocol/content.ts';
import type { State } from '../../src/protocol/messages.ts';
import { addDigest, contentDigest, emptyDigest } from '../../src/protocol/state-digest.ts';
import { ecJwk } from './support/contents.ts';
import { TestLog, temporaryFolder } from './support/test-node.ts';

const digestOf = (contents: readonly DeployedContent[]) =>
  contents.reduce((sum, content) => addDigest(sum, contentDigest(content)), emptyDigest).toString('hex');

async function startReceiver() {
  const dataDir = await temporaryFolder();
  const key = randomBytes(32);
  const log = new TestLog();
  const copy = new SealedLog({ dataDir, key, log });
  const state = new NodeState();
  let publications = 0;
  let commits = 0;
  state.follow({
    replaced: () => undefined,
    changed() {
      publications += 1;
    },
  });
  const revoked = new RevokedKids({ path: undefined, key, log });
  const counted: StateCopy = {
    async begin(kind: { reset: boolean; environmentId: string }) {
      const transaction = await copy.begin(kind);
      const commit: typeof transaction.commit = async (mark) => {
        commits += 1;
        await transaction.commit(mark);
      };
      return { ...transaction, commit };
    },
    read: (object) => copy.read(object),
    dropPrivateParts: () => copy.dropPrivateParts(),
    compactIfDue: (objects, mark) => copy.compactIfDue(objects, mark),
    close: () => copy.close(),
  };
  const receiver = new StateReceiver({
    state,
    copy: counted,
    revoked,
    environment: { id: 'e', name: 'production' },
    lineage: 'l',
    log,
  });
  const held: DeployedContent[] = [];
  /** The next message: it puts one object more. */
  const message = (
    over: Partial<State> = {},
    put: DeployedContent = ecJwk({ name: `jwk-${held.length}` }),
  ) => {
    held.push(put);
    const to = held.length;
    const header = { type: 'state', reset: to === 1, from: to - 1, to, final: true, sealed: '' } as const;
    const changes: Change[] = [{ revision: to, put }];
    const state: State = { ...header, digest: digestOf(held), ...over };
    return { state, text: JSON.stringify(changes) };
  };
  const first = message();
  await receiver.receive(first.state, first.text);
  commits = 0;
  publications = 0;
  return {
    receiver,
    state,
    message,
    held,
    counts: () => ({ commits, publications }),
    /** What a restart finds on the disk. */
    async restored() {
      await copy.close();
      const again = new SealedLog({ dataDir, key, log });
      const state = new NodeState();
      await restoreCopy(again, state, revoked);
      await again.close();
      await rm(dataDir, { recursive: true });
      return state;
    },
  };
}

describe('state messages that wait at the same time', () => {
  test('are applied with one write to the disk, one publication and one confirmation', async () => {
    const { receiver, state, message, held, counts, restored } = await startReceiver();
    const messages = [message(), message(), message()];
    const answers: unknown[] = [];
    for (const [index, { state: one, text }] of messages.entries()) {
      answers.push(...(await receiver.receive(one, text, index < 2)));
      if (index < 2) expect(state.revision).toBe(1);
    }
    expect(answers).toEqual([{ type: 'applied', revision: 4, digest: digestOf(held) }]);
    expect(counts()).toEqual({ commits: 1, publications: 1 });
    expect(state.revision).toBe(4);
    expect(await restored()).toMatchObject({ revision: 4, digest: state.digest });
  });

  test('are applied as soon as none waits, also where another message was the last', async () => {
    const { receiver, state, message } = await startReceiver();
    const { state: one, text } = message();
    expect(await receiver.receive(one, text, true)).toEqual([]);
    expect(await receiver.settle()).toMatchObject([{ type: 'applied', revision: 2 }]);
    expect(state.revision).toBe(2);
    expect(await receiver.settle()).toEqual([]);
  });

  test('are applied up to the one that is refused, which is refused for its own reason', async () => {
    const { receiver, state, message, held, counts, restored } = await startReceiver();
    const good = [message(), message()];
    const digest = digestOf(held);
    const bad = message({}, { ...ecJwk({ name: 'bad' }), jwk: { kty: 'unknown' } });
    const answers: unknown[] = [];
    for (const { state: one, text } of [...good, bad])
      answers.push(...(await receiver.receive(one, text, true)));
    expect(answers).toMatchObject([
      { type: 'applied', revision: 2 },
      { type: 'applied', revision: 3, digest },
      { type: 'refused', revision: 4, reason: expect.stringContaining('bad'), object: { kind: 'jwk' } },
    ]);
    expect(counts().commits).toBe(2);
    expect(state.objects.size).toBe(3);
    expect(await restored()).toMatchObject({ revision: 3, digest: state.digest });
  });

  test('are not held for the parts of a larger change, which could fail', async () => {
    const { receiver, state, message } = await startReceiver();
    const whole = message();
    const part = message({ final: false, digest: null });
    expect(await receiver.receive(whole.state, whole.text, true)).toEqual([]);
    expect(await receiver.receive(part.state, part.text, true)).toMatchObject([{ revision: 2 }]);
    expect(state.revision).toBe(2);
    const last = message();
    expect(await receiver.receive(last.state, last.text, false)).toMatchObject([{ revision: 4 }]);
  });

  test('are gone with the connection, where it ends before they are applied', async () => {
    const { receiver, state, message, restored } = await startReceiver();
    const { state: one, text } = message();
    await receiver.receive(one, text, true);
    await receiver.abandon();
    expect(await receiver.settle()).toEqual([]);
    expect(state.revision).toBe(1);
    expect(await restored()).toMatchObject({ revision: 1 });
  });

  test('are applied in groups of 64', async () => {
    const { receiver, state, message, counts } = await startReceiver();
    for (let count = 0; count < 70; count += 1) {
      const { state: one, text } = message();
      await receiver.receive(one, text, true);
    }
    expect(state.revision).toBe(65);
    await receiver.settle();
    expect(state.revision).toBe(71);
    expect(counts().commits).toBe(2);
  });
});
