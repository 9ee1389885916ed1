import { describe, expect, test } from 'vitest';
import { onBehalfOf } from '../../src/runtime/requester.ts';
import { selectKeyFrom } from '../../src/sources/select-key.ts';

const what = 'Answer of the URL';
const ed25519 = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
/** Too long to be read on the event loop. */
const long = JSON.stringify({ ...ed25519, comment: '\u{e9}'.repeat(40_000) });
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text));

describe('a long document', () => {
  test('of bytes is read as its text is, and not copied on the way', async () => {
    const content = bytesOf(`\ufeff${long}`);
    expect(await selectKeyFrom({ content, what }, undefined)).toMatchObject(ed25519);
    expect(content).toHaveLength(0);
    expect(await selectKeyFrom({ content: long, what }, undefined)).toMatchObject(ed25519);
  });

  test('in a part of a buffer leaves the rest of the buffer to its owner', async () => {
    const whole = bytesOf(`xx${long}`);
    expect(await selectKeyFrom({ content: whole.subarray(2), what }, undefined)).toMatchObject(ed25519);
    expect(whole[0]).toBe('x'.charCodeAt(0));
  });

  test('that is not UTF-8 is refused as a short one is', async () => {
    for (const length of [1, 40_000]) {
      const content = new Uint8Array(length).fill(0xff);
      await expect(selectKeyFrom({ content, what }, undefined)).rejects.toMatchObject({
        code: 'bad_request',
        message: 'URL response is not valid UTF-8!',
      });
    }
  });

  test('of one user is read before the second one of another user who came first', async () => {
    const order: string[] = [];
    const read = (user: string) =>
      onBehalfOf(user, async () => {
        await selectKeyFrom({ content: long, what }, undefined);
        order.push(user);
      });
    await Promise.all([read('a'), read('a'), read('a'), read('b')]);
    expect(order).toEqual(['a', 'b', 'a', 'a']);
  });
});
