// Requests whose body arrives after what admitted them has changed.

import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { DeployedContent } from '../../src/protocol/content.ts';
import { callingWorld } from './support/calling-world.ts';
import { applicationContent } from './support/operations.ts';

async function hangingWorld() {
  let token = '';
  const world = await callingWorld((ring) => {
    const application = applicationContent([{ ...ring, operations: ['SIGN'] }]);
    token = application.token;
    return [application.content];
  });
  const { port } = new URL(world.url);
  const body = '{"claims":{}}';
  /** Sends all but the last octet. @returns what sends it, and the answer */
  async function hanging(): Promise<() => Promise<string>> {
    const socket = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    // A reset counts as the end of the connection.
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let heard = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
    });
    await once(socket, 'connect');
    socket.write(
      `POST /projects/MyProject/key-rings/tokens/sign HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    // The node has admitted the request.
    while (!heard.includes('100 Continue')) await once(socket, 'data');
    socket.write(body.slice(0, -1));
    return async () => {
      socket.write(body.slice(-1));
      await closed;
      return heard.slice(heard.indexOf('\r\n\r\n') + 4);
    };
  }
  const statusIs = (status: number) =>
    expect.poll(async () => (await world.sign(token)).status, { timeout: 60_000 }).toBe(status);
  return { ...world, token, hanging, statusIs };
}

test('an application that is deleted while its body arrives is answered with 401', async () => {
  const { hanging, link, contents, statusIs } = await hangingWorld();
  const finish = await hanging();
  await link.reset(8, contents.slice(0, 2));
  await statusIs(401);
  expect(await finish()).toMatch(/^HTTP\/1\.1 401 /);
});

test('a token that is replaced while a body arrives is answered with 401', async () => {
  const { hanging, link, contents, statusIs } = await hangingWorld();
  const finish = await hanging();
  const [ring, member, application] = contents;
  await link.reset(8, [ring, member, { ...application, tokens: [] }] as DeployedContent[]);
  await statusIs(401);
  expect(await finish()).toMatch(/^HTTP\/1\.1 401 /);
});

test('a grant that is removed while a body arrives is answered with 403', async () => {
  const { hanging, link, contents, statusIs } = await hangingWorld();
  const finish = await hanging();
  const [ring, member, application] = contents;
  await link.reset(8, [ring, member, { ...application, grants: [] }] as DeployedContent[]);
  await statusIs(403);
  expect(await finish()).toMatch(/^HTTP\/1\.1 403 /);
});

test('a key that is revoked while a body arrives signs nothing', async () => {
  const { hanging, link, ring, statusIs } = await hangingWorld();
  const finish = await hanging();
  link.say({ type: 'revoked', keys: [{ ringId: ring.id, kid: 'tokens-1' }] });
  await statusIs(503);
  expect(await finish()).toMatch(/^HTTP\/1\.1 503 [\s\S]*NO_ACTIVE_KEY/);
});
