import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startTestManager, type TestManager } from '../support/manager.ts';

const MiB = 1024 * 1024;
const path = '/apiops/projects/MyProject/keystores/inspect';
let keyplane: TestManager;
let hostile: Api;
let other: Api;
const sockets: Socket[] = [];

beforeAll(async () => {
  keyplane = await startTestManager();
  const member = { project: 'MyProject', roles: ['ROLE_ADMIN'] };
  hostile = await keyplane.as('hostile', member);
  other = await keyplane.as('other', member);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await keyplane.close();
});

/** Announces a body and sends only its first byte. */
function announce(api: Api, bytes: number): Socket {
  const { port, hostname } = new URL(keyplane.url);
  const socket = connect(Number(port), hostname);
  // One that is rejected may be reset while its first bytes are on their way.
  socket.on('error', () => undefined);
  sockets.push(socket);
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${api.token}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n{`,
  );
  return socket;
}

const largeBody = { file: 'A'.repeat(MiB), password: 'no' };

test('bodies of one user wait for the memory of those that it announced, and bodies of another user do not', async () => {
  // 28 of the 32 MiB of one user, 192 bodies that wait for it, and one too many.
  const announced = Array.from({ length: 194 }, () => announce(hostile, 28 * MiB));
  const rejected = await Promise.any(announced.map(text));
  expect(rejected).toMatch(/^HTTP\/1.1 429 [\s\S]*"reason":"TOO_MANY_REQUESTS"/);
  const metrics = await (await fetch(`${keyplane.url}/metrics`)).text();
  expect(metrics).toMatch(/keyplane_refusals_total\{cause="bodies"\} 1\n/);
  expect((await other('POST', path, largeBody)).status).toBe(400);
  // Small bodies have memory of their own.
  expect((await hostile('POST', path, { file: 'AAAA', password: 'no' })).status).toBe(400);
  // A request whose client leaves gives back its memory and its place in the queue.
  for (const socket of announced) socket.destroy();
  await expect
    .poll(async () => (await hostile('POST', path, largeBody)).status, { timeout: 8_000 })
    .toBe(400);
});

test('an upload of many files is rejected once all of them together are too large', async () => {
  const form = new FormData();
  for (const name of ['certificate', 'second', 'third'])
    form.append(name, new Blob(['A'.repeat(0.9 * MiB)]), name);
  const answer = await fetch(`${keyplane.url}/apiops/projects/MyProject/certificates/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${hostile.token}` },
    body: form,
  });
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ reason: 'PAYLOAD_TOO_LARGE' });
});

test('an upload that its client breaks off gives its memory back', async () => {
  const { port, hostname } = new URL(keyplane.url);
  const upload = (bytes: number) => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    sockets.push(socket);
    socket.write(
      `POST /apiops/projects/MyProject/certificates/ HTTP/1.1\r\nHost: ${hostname}\r\n` +
        `Authorization: Bearer ${hostile.token}\r\nContent-Type: multipart/form-data; boundary=x\r\n` +
        `Connection: close\r\nContent-Length: ${bytes}\r\n\r\n--x\r\nContent-Disposition: form-data; name="alias"\r\n\r\nhalf`,
    );
    return socket;
  };
  // 32 MiB of one user, 192 uploads that wait for it, and some too many.
  const uploads = Array.from({ length: 230 }, () => upload(MiB));
  expect(await Promise.any(uploads.map(text))).toMatch(/^HTTP\/1.1 429 /);
  for (const socket of uploads) socket.destroy();
  await expect
    .poll(async () => (await hostile('POST', path, largeBody)).status, { timeout: 8_000 })
    .toBe(400);
});
