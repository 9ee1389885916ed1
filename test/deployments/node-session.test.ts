import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { NodeSession, type NodeStream } from '../../src/deployments/node-session.ts';
import { SendTurns } from '../../src/deployments/send-turns.ts';
import type { StatePage } from '../../src/deployments/state-page.ts';
import type { StatePageReader } from '../../src/deployments/state-page-reader.ts';
import type { SealedFromManager, State } from '../../src/protocol/messages.ts';

const digestAt = (revision: number) => revision.toString(16).padStart(64, '0');

/** An environment whose desired state moves by single revisions, in parts of two. */
function environment(start: number) {
  let revision = start;
  let held: Promise<void> | undefined;
  const pages: StatePageReader = {
    committed() {},
    recent: () => undefined,
    async next(_environmentId, { after }): Promise<StatePage | undefined> {
      await held;
      if (after >= revision && after > 0) return undefined;
      const to = Math.min(after + 2, revision);
      const final = to === revision;
      const digest = final ? digestAt(to) : null;
      return {
        from: after,
        tombstonesAbove: 0,
        lineage: 'l',
        to,
        final,
        digest,
        changes: '[]',
        publicChanges: () => '["public"]',
        isUrgent: false,
        objects: [],
        leftOut: new Map(),
      };
    },
  };
  return {
    pages,
    move: () => {
      revision += 1;
    },
    /** No page is read before this promise resolves. */
    hold: (until: Promise<void>) => {
      held = until;
    },
  };
}

function recordingStream() {
  const sent: State[] = [];
  const closes: number[] = [];
  const leaving: (() => void)[] = [];
  const stream = {
    send(text: string, onLeft: () => void) {
      sent.push(JSON.parse(text) as State);
      leaving.push(onLeft);
    },
    close: (code: number) => void closes.push(code),
    bufferedBytes: 0,
  } satisfies NodeStream;
  return { stream, sent, closes, leaving };
}

function session(
  options: { startRevision: number; reset: boolean; environmentRevision: number; privateKeys?: boolean },
  turns = new SendTurns(),
) {
  const world = environment(options.environmentRevision);
  const { stream, sent, closes, leaving } = recordingStream();
  const room = Promise.withResolvers<void>();
  const said: SealedFromManager[] = [];
  let now = 1_000_000;
  const made = new NodeSession({
    identity: { nodeId: 'n', environmentId: 'e', keyId: 'k', name: 'node-1', version: '1', connection: 1 },
    clockOffsetMs: 0,
    privateKeys: options.privateKeys ?? true,
    stream,
    say: (message) => void said.push(message),
    pages: world.pages,
    turns,
    seal: (header, changes) => ({ ...header, sealed: changes }),
    startRevision: options.startRevision,
    environmentRevision: options.environmentRevision,
    lineage: 'l',
    reset: options.reset,
    now: () => now,
    onChange: () => {},
    onRoom: () => made.advance().then(room.resolve, room.reject),
  });
  const later = (ms: number) => {
    now += ms;
  };
  return { session: made, stream, sent, said, closes, leaving, room: room.promise, world, later };
}

describe('the stream of one node', () => {
  test('sends what changed since the revision that the node has, in order, and nothing twice', async () => {
    const {
      session: node,
      sent,
      world,
    } = session({ startRevision: 5, reset: false, environmentRevision: 10 });
    await node.advance();
    await node.advance();
    expect(sent.map(({ from, to, final, reset }) => ({ from, to, final, reset }))).toEqual([
      { from: 5, to: 7, final: false, reset: false },
      { from: 7, to: 9, final: false, reset: false },
      { from: 9, to: 10, final: true, reset: false },
    ]);
    node.receive({ type: 'applied', revision: 10, digest: digestAt(10) });
    world.move();
    await node.advance();
    expect(sent.at(-1)).toMatchObject({ from: 10, to: 11, final: true, digest: digestAt(11) });
    expect(node.confirmedRevision).toBe(10);
  });

  test('sends a node without private keys the public parts', async () => {
    const node = session({ startRevision: 5, reset: false, environmentRevision: 6, privateKeys: false });
    await node.session.advance();
    expect(node.sent[0]?.sealed).toBe('["public"]');
  });

  test('prolongs no lease before the node has what its environment had at the handshake', async () => {
    const { session: node, world } = session({ startRevision: 3, reset: false, environmentRevision: 4 });
    const done: string[] = [];
    node.onceCaughtUp(() => done.push('first'));
    node.onceCaughtUp(() => done.push('second'));
    await node.advance();
    expect(done).toEqual([]);
    node.receive({ type: 'applied', revision: 4, digest: digestAt(4) });
    expect(done).toEqual(['second']);
    world.move();
    await node.advance();
    node.onceCaughtUp(() => done.push('third'));
    expect(done).toEqual(['second', 'third']);
  });

  test('prolongs the lease of a node at once that lacks nothing', () => {
    const { session: node } = session({ startRevision: 4, reset: false, environmentRevision: 4 });
    const done: string[] = [];
    node.onceCaughtUp(() => done.push('at once'));
    expect(done).toEqual(['at once']);
  });

  test('prolongs no lease of a node that rejects what it is sent, or is sent a snapshot', async () => {
    const { session: node } = session({ startRevision: 4, reset: true, environmentRevision: 4 });
    const done: string[] = [];
    node.onceCaughtUp(() => done.push('caught up'));
    await node.advance();
    node.receive({ type: 'refused', revision: 4, reason: 'the disk is full' });
    expect(done).toEqual([]);
  });

  test('sends revoked kids ahead of a state that does not fit into it, each revocation once', async () => {
    const {
      session: node,
      stream,
      said,
      sent,
    } = session({ startRevision: 5, reset: false, environmentRevision: 10 });
    const revocation = { id: 'r', environmentIds: ['e'], keys: [{ ringId: 'ring', kid: 'stolen' }] };
    const send = stream.send;
    stream.send = (...message) => {
      send(...message);
      stream.bufferedBytes = 2 * 1024 * 1024;
    };
    await node.advance();
    stream.send = send;
    expect(sent.at(-1)?.final).toBe(false);
    expect(node.isBehind).toBe(true);
    node.sendRevoked([revocation]);
    node.sendRevoked([revocation]);
    expect(said).toEqual([{ type: 'revoked', keys: revocation.keys }]);
    stream.bufferedBytes = 0;
    await node.advance();
    expect(sent.at(-1)?.final).toBe(true);
    expect(node.isBehind).toBe(false);
  });

  test('starts a node that has nothing with a reset, also when its environment is empty', async () => {
    const { session: node, sent } = session({ startRevision: 0, reset: true, environmentRevision: 0 });
    await node.advance();
    await node.advance();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ reset: true, from: 0, to: 0, final: true, digest: digestAt(0) });
  });

  test('sends a node that rejected a delta a snapshot, with a growing delay', async () => {
    const {
      session: node,
      sent,
      later,
    } = session({ startRevision: 3, reset: false, environmentRevision: 4 });
    await node.advance();
    node.receive({ type: 'refused', revision: 4, reason: 'unknown kind' });
    expect(node.refusal).toEqual({ revision: 4, reason: 'unknown kind' });
    await node.advance();
    expect(sent).toHaveLength(1);
    later(500);
    await node.advance();
    expect(sent.slice(1).map(({ from, to, reset }) => ({ from, to, reset }))).toEqual([
      { from: 0, to: 2, reset: true },
      { from: 2, to: 4, reset: true },
    ]);
    node.receive({ type: 'refused', revision: 4, reason: 'unknown kind' });
    later(999);
    await node.advance();
    expect(sent).toHaveLength(3);
    later(1);
    await node.advance();
    expect(sent).toHaveLength(5);
    node.receive({ type: 'applied', revision: 4, digest: digestAt(4) });
    expect(node.refusal).toBeUndefined();
    expect(node.confirmedRevision).toBe(4);
  });

  test('does not send a change that it was reading when the node rejected the one before', async () => {
    const one = session({ startRevision: 3, reset: false, environmentRevision: 4 });
    await one.session.advance();
    one.world.move();
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
    one.world.hold(held);
    const reading = one.session.advance();
    one.session.receive({ type: 'refused', revision: 4, reason: 'unknown kind' });
    letGo();
    await reading;
    expect(one.sent).toHaveLength(1);
    one.later(500);
    await one.session.advance();
    expect(one.sent.slice(1)).toMatchObject([
      { from: 0, to: 2, reset: true },
      { from: 2, to: 4, reset: true },
      { from: 4, to: 5, reset: true, final: true },
    ]);
  });

  test('keeps the reason of a rejection when the node also rejects the changes sent after it', async () => {
    const one = session({ startRevision: 3, reset: false, environmentRevision: 4 });
    await one.session.advance();
    one.world.move();
    await one.session.advance();
    one.session.receive({ type: 'refused', revision: 4, reason: 'unknown kind' });
    one.session.receive({ type: 'refused', revision: 5, reason: 'this node is at revision 3' });
    expect(one.session.refusal).toEqual({ revision: 5, reason: 'unknown kind' });
    one.later(500);
    await one.session.advance();
    expect(one.sent.at(-1)).toMatchObject({ to: 5, reset: true, final: true });
  });

  test('does not accept a confirmation with another digest', async () => {
    const { session: node } = session({ startRevision: 3, reset: false, environmentRevision: 4 });
    await node.advance();
    node.receive({ type: 'applied', revision: 4, digest: digestAt(5) });
    expect(node.confirmedRevision).toBe(3);
    expect(node.refusal?.reason).toContain('digest');
  });

  test.each([
    ['beyond what was sent', 9],
    ['below what it confirmed', 2],
  ])('closes the stream of a node that confirms a revision %s', async (_what, revision) => {
    const { session: node, closes } = session({ startRevision: 3, reset: false, environmentRevision: 4 });
    await node.advance();
    expect(node.receive({ type: 'applied', revision, digest: digestAt(revision) })).toBe(false);
    expect(closes).toEqual([4400]);
    expect(node.closed).toBe(true);
  });

  test('continues with a snapshot as soon as the full stream has drained', async () => {
    const one = session({ startRevision: 0, reset: true, environmentRevision: 6 });
    one.stream.bufferedBytes = 1024 * 1024 - 1;
    const { send } = one.stream;
    one.stream.send = (text, onLeft) => {
      send(text, onLeft);
      one.stream.bufferedBytes = 1024 * 1024;
    };
    await one.session.advance();
    expect(one.sent.map(({ to }) => to)).toEqual([2]);
    one.stream.bufferedBytes = 0;
    one.stream.send = send;
    one.leaving.shift()?.();
    await one.room;
    expect(one.sent.map(({ to, final }) => ({ to, final }))).toEqual([
      { to: 2, final: false },
      { to: 4, final: false },
      { to: 6, final: true },
    ]);
  });

  test('does not treat a stream that is still sending as silent', async () => {
    const one = session({ startRevision: 3, reset: false, environmentRevision: 4 });
    await one.session.advance();
    one.later(30_000);
    one.leaving.shift()?.();
    one.later(30_000);
    await one.session.advance();
    expect(one.closes).toEqual([]);
    one.later(1);
    await one.session.advance();
    expect(one.closes).toEqual([4400]);
  });

  test('closes the stream of a node that never answers', async () => {
    const {
      session: node,
      closes,
      later,
    } = session({ startRevision: 3, reset: false, environmentRevision: 4 });
    await node.advance();
    later(30_000);
    await node.advance();
    expect(closes).toEqual([]);
    later(1);
    await node.advance();
    expect(closes).toEqual([4400]);
  });

  test('sends a large change only once it has a bulk slot, which it holds until the last byte is sent', async () => {
    const turns = new SendTurns(1);
    const first = session({ startRevision: 0, reset: true, environmentRevision: 4 }, turns);
    const second = session({ startRevision: 0, reset: true, environmentRevision: 4 }, turns);
    await first.session.advance();
    const waiting = second.session.advance();
    expect(first.sent.map(({ to }) => to)).toEqual([2, 4]);
    first.leaving.shift()?.();
    await setImmediate();
    expect(second.sent).toEqual([]);
    first.leaving.shift()?.();
    await waiting;
    expect(second.sent.map(({ to }) => to)).toEqual([2, 4]);
  });

  test('sends a small change while all bulk slots are in use', async () => {
    const turns = new SendTurns(1);
    const large = session({ startRevision: 0, reset: true, environmentRevision: 4 }, turns);
    const small = session({ startRevision: 3, reset: false, environmentRevision: 4 }, turns);
    await large.session.advance();
    await small.session.advance();
    expect(small.sent).toMatchObject([{ from: 3, to: 4, final: true }]);
  });

  test.each([
    ['its stream ends', (one: NodeSession) => one.lost()],
    ['it is cut off', (one: NodeSession) => one.close(4400, 'no answer to a state message')],
    [
      'it refuses what it was sent',
      (one: NodeSession) => one.receive({ type: 'refused', revision: 2, reason: 'unknown kind' }),
    ],
  ])('passes its bulk slot to the next stream when %s', async (_what, end) => {
    const turns = new SendTurns(1);
    const first = session({ startRevision: 0, reset: true, environmentRevision: 6 }, turns);
    const second = session({ startRevision: 0, reset: true, environmentRevision: 4 }, turns);
    first.stream.bufferedBytes = 1024 * 1024 - 1;
    const { send } = first.stream;
    first.stream.send = (text, onLeft) => {
      send(text, onLeft);
      first.stream.bufferedBytes = 1024 * 1024;
    };
    await first.session.advance();
    const waiting = second.session.advance();
    await setImmediate();
    expect(second.sent).toEqual([]);
    end(first.session);
    await waiting;
    expect(second.sent.map(({ to }) => to)).toEqual([2, 4]);
  });

  test('that ended while it waited for a bulk slot takes none', async () => {
    const turns = new SendTurns(1);
    const [first, second, third] = [1, 2, 3].map(() =>
      session({ startRevision: 0, reset: true, environmentRevision: 4 }, turns),
    );
    await first?.session.advance();
    const waiting = [second?.session.advance(), third?.session.advance()];
    second?.session.lost();
    for (const left of first?.leaving ?? []) left();
    await Promise.all(waiting);
    expect(second?.sent).toEqual([]);
    expect(third?.sent.map(({ to }) => to)).toEqual([2, 4]);
  });
});
