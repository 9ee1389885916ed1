// Interoperability with other implementations of JOSE, in both directions: each algorithm with each content encryption and each
// curve that both sides have, in each serialisation.

import { beforeAll, describe, expect, test } from 'vitest';
import {
  algorithmNames,
  type Cell,
  madeByUs,
  makeCells,
  ourText,
  type PeerAnswer,
  readByUs,
  theirText,
  toMake,
  toRead,
} from './matrix.ts';
import { type Peer, peers } from './peers.ts';

/** Fetching and compiling included. */
const prepareTimeoutMs = 600_000;

interface Exchange {
  readonly cell: Cell;
  /** What the peer makes, and what it reads of ours. */
  readonly made: PeerAnswer;
  readonly read: PeerAnswer | undefined;
}

describe.each(peers)('$name', (peer) => {
  let exchanges: readonly Exchange[] = [];
  let whyNot: string | undefined;

  beforeAll(async () => {
    const answer = await peer.prepare();
    if (typeof answer !== 'function') {
      whyNot = answer.whyNot;
      console.info(`${peer.name} is not tried here: ${whyNot}`);
      return;
    }
    const cells = (await makeCells()).filter(({ serialization }) =>
      peer.serializations.includes(serialization),
    );
    const ours = await Promise.all(cells.map(async (cell) => madeByUs(cell)));
    const asked = cells.map((cell, index) => {
      const token = ours[index];
      return token === undefined ? [toMake(cell)] : [toMake(cell), toRead(cell, token)];
    });
    const answers = [...(await answer(asked.flat()))];
    exchanges = cells.map((cell, index) => {
      const [made, read] = answers.splice(0, asked[index]?.length ?? 0);
      if (made === undefined) throw new Error(`${peer.name} leaves out an answer`);
      return { cell, made, read };
    });
  }, prepareTimeoutMs);

  test.for(algorithmsOf(peer))('and keyplane read each other with %s', async (alg, { skip }) => {
    skip(whyNot !== undefined, whyNot);
    const both = exchanges.filter(({ cell }) => cell.alg === alg && !peer.lacks(cell));
    expect(both).not.toEqual([]);
    for (const { cell, made, read } of both) {
      const title = titleOf(cell);
      if (!peer.onlyReads?.(cell)) {
        expect(made, title).toEqual({ text: expect.any(String) });
        const understood = await readByUs(cell, 'text' in made ? made.text : '').catch(String);
        expect(understood, title).toBe(theirText);
      }
      if (cell.alg !== 'RSA1_5') expect(read, title).toEqual({ text: ourText });
    }
  });

  test('lacks what the matrix leaves out', ({ skip }) => {
    skip(whyNot !== undefined, whyNot);
    const able = exchanges.filter(
      ({ cell, made, read = made }) =>
        (peer.lacks(cell) && ('text' in made || 'text' in read)) ||
        (peer.onlyReads?.(cell) && 'text' in made),
    );
    expect(able.map(({ cell }) => titleOf(cell))).toEqual([]);
  });
});

/** Those of which it has at least one curve. */
function algorithmsOf(peer: Peer): readonly string[] {
  return algorithmNames.filter((alg) => !peer.lacks({ alg, crv: undefined }));
}

function titleOf({ alg, enc, crv, serialization }: Cell): string {
  return [alg, enc, crv, serialization].filter((part) => part !== undefined).join(' ');
}
