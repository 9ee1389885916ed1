// How much of the bodies of requests a node holds.

import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readRequestBody } from '../../src/node/operations/request-body.ts';

const MiB = 1024 * 1024;

/** A body that its client does not end. */
function sending(applicationId: string, bytes: number) {
  const stream = new PassThrough({ highWaterMark: 2 * MiB });
  const request = Object.assign(stream, { headers: {} }) as unknown as IncomingMessage;
  const body = readRequestBody(request, { applicationId, onContinue: undefined });
  stream.write(Buffer.alloc(bytes));
  return { stream, body };
}

const sent = async (applicationId: string, bytes: number) => {
  const { stream, body } = sending(applicationId, bytes);
  stream.end();
  const answer = await body;
  return Buffer.isBuffer(answer) ? answer.length : answer;
};

test('an application with many unfinished bodies leaves half of the memory to others, and small bodies are read', async () => {
  const open = Array.from({ length: 32 }, () => sending('busy', MiB));
  const tooBusy = { status: 503, reason: 'UNAVAILABLE', retryAfterSeconds: 1 };
  expect(await sent('calm', MiB)).toBe(MiB);
  expect(await sent('busy', 16 * 1024 + 1)).toMatchObject(tooBusy);
  expect(await sent('busy', 16 * 1024)).toBe(16 * 1024);
  const others = Array.from({ length: 32 }, () => sending('calm', MiB));
  await sent('calm', 1);
  expect(await sent('third', 16 * 1024 + 1)).toMatchObject(tooBusy);
  expect(await sent('third', 16 * 1024)).toBe(16 * 1024);
  for (const { stream } of [...open, ...others]) stream.destroy();
  await Promise.all([...open, ...others].map(({ body }) => body));
  expect(await sent('busy', MiB)).toBe(MiB);
});
