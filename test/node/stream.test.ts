import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { streamUrl } from '../../src/node/stream/manager-url.ts';
import { enrollmentTokenText } from '../../src/protocol/enrollment-token.ts';
import { fingerprintOf } from '../../src/protocol/signing-keys.ts';
import { ecJwk } from './support/contents.ts';
import { managerIdentity } from './support/fake-manager.ts';
import { getJson, runningManager, runningNode, temporaryFolder } from './support/test-node.ts';

const kidsOf = async (url: string) => {
  const { keys } = (await getJson(`${url}/.well-known/jwks.json`)) as { keys: { kid: string }[] };
  return keys.map((key) => key.kid);
};

async function started(options: { timing?: Record<string, number>; token?: string } = {}) {
  const manager = await runningManager();
  const dataDir = await temporaryFolder();
  return { manager, dataDir, node: await runningNode({ managerUrl: manager.url, dataDir, ...options }) };
}

describe('the stream', () => {
  test('a stream is restored to a manager that was unreachable, while the node serves', async () => {
    const { manager, node } = await started();
    const a = ecJwk({ name: 'a' });
    const first = await manager.links.next();
    await first.reset(1, [a]);
    await manager.stop();
    await node.log.until(/cannot be reached/);
    expect(await kidsOf(node.url)).toEqual(['kid-a']);
    expect(await getJson(`${node.url}/status`)).toMatchObject({ connected: false });
    await manager.listen();
    const link = await manager.links.next();
    expect(link.hello.ephemeralKey).not.toBe(first.hello.ephemeralKey);
    const b = ecJwk({ name: 'b' });
    expect(await link.change(1, [{ revision: 2, put: b }], [a, b])).toMatchObject({ type: 'applied' });
    expect(await kidsOf(node.url)).toEqual(['kid-a', 'kid-b']);
  });

  test('that broke off within a reset leaves the node where it was', async () => {
    const { manager, node } = await started();
    const a = ecJwk({ name: 'a' });
    const link = await manager.links.next();
    await link.reset(1, [a]);
    link.send({ reset: true, from: 0, to: 2, final: false, digest: null }, [
      { revision: 2, put: ecJwk({ name: 'b' }) },
    ]);
    link.socket.close();
    const next = await manager.links.next();
    expect(next.resume.revision).toBe(1);
    expect(await next.reset(3, [a, ecJwk({ name: 'c' })])).toMatchObject({ type: 'applied' });
    expect(await kidsOf(node.url)).toEqual(['kid-a', 'kid-c']);
  });

  test('a half-open stream is closed and the node reconnects', async () => {
    const manager = await runningManager();
    const { promise: again, resolve } = Promise.withResolvers<void>();
    const sockets: Socket[] = [];
    let silent = false;
    // Passes everything on until it falls silent, as a cable that was pulled does.
    const relay = createServer((socket) => {
      if (silent) return resolve();
      const onward = connect(Number(new URL(manager.url).port), '127.0.0.1');
      sockets.push(socket, onward);
      for (const end of [socket, onward]) end.on('error', () => undefined);
      socket.on('data', (data) => onward.write(data));
      onward.on('data', (data) => silent || socket.write(data));
    });
    await new Promise<void>((listening) => relay.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      relay.close();
    });
    const { port } = relay.address() as { port: number };
    const node = await runningNode({
      managerUrl: `http://127.0.0.1:${port}`,
      dataDir: await temporaryFolder(),
      timing: { pingMs: 20, deadMs: 60 },
    });
    await node.log.until(/connected to the manager/);
    silent = true;
    await node.log.until(/nothing was heard from the manager any more/);
    await again;
  });

  test('is not kept with a manager that never sends a welcome', async () => {
    const mute = createServer(() => undefined);
    await new Promise<void>((listening) => mute.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void mute.close());
    const { port } = mute.address() as { port: number };
    const managerUrl = `http://127.0.0.1:${port}`;
    const node = await runningNode({
      managerUrl,
      dataDir: await temporaryFolder(),
      timing: { welcomeMs: 50 },
    });
    await node.log.until(/no stream from the manager/);
    mute.close();
  });

  test('accepts nothing from a manager that answers for another environment', async () => {
    const manager = await runningManager();
    manager.environmentName = 'staging';
    const node = await runningNode({ managerUrl: manager.url, dataDir: await temporaryFolder() });
    const link = await manager.links.next();
    link.send({ reset: true, from: 0, to: 0, final: true, digest: '0'.repeat(64) }, []);
    expect(await link.closed()).toBe(4400);
    const line = await node.log.until(/is for environment staging, --environment says production/);
    expect(line.level).toBe('warn');
    expect((await fetch(`${node.url}/readyz`)).status).toBe(503);
    expect(await getJson(`${node.url}/status`)).toMatchObject({ connected: false });
  });

  test('logs that the manager rejects the token, without repeating it', async () => {
    const seed = Buffer.alloc(32, 9);
    const token = enrollmentTokenText(seed, fingerprintOf(managerIdentity.publicKey));
    const { manager, node } = await started({ token });
    expect(JSON.stringify(await manager.unknown.next())).not.toContain(seed.toString('base64url'));
    await node.log.until(/does not accept KEYPLANE_NODE_TOKEN .*: the enrollment token is unknown/);
    expect(JSON.stringify(node.log.lines)).not.toContain(seed.toString('base64url'));
    await manager.unknown.next();
  });

  test.each([
    [4401, /does not accept KEYPLANE_NODE_TOKEN/],
    [4403, /does not accept this node's proof/],
    [4406, /another version of the protocol/],
    [4409, /another node with the key of this one/],
    [4410, /rejects the key of this node until an administrator readmits it/],
  ])(
    'that the manager closes with %i is reopened slowly, with the reason in the log',
    async (code, reason) => {
      const { manager, node } = await started();
      (await manager.links.next()).socket.close(code);
      await node.log.until(reason);
      await manager.links.next();
    },
  );

  test('is never left hanging when the node stops', async () => {
    const { manager, node } = await started();
    const link = await manager.links.next();
    await node.close();
    expect([1001, 1006]).toContain(await link.closed());
    await expect(fetch(`${node.url}/healthz`)).rejects.toThrow();
  });
});

describe('a node is not started', () => {
  test.each([
    ['http://manager.example:8080', /use https/],
    ['http://192.0.2.1', /use https/],
    ['ftp://127.0.0.1', /http or https URL is accepted/],
    ['not a url', /http or https URL is accepted/],
    ['https://user:password@manager.example', /KEYPLANE_NODE_TOKEN/],
  ])('for the manager %s', async (managerUrl, reason) => {
    await expect(runningNode({ managerUrl, dataDir: await temporaryFolder() })).rejects.toThrow(reason);
  });

  test('without a token, unless it has a copy to serve', async () => {
    const options = { dataDir: await temporaryFolder(), token: undefined };
    await expect(runningNode({ managerUrl: 'http://127.0.0.1:1', ...options })).rejects.toThrow(
      /KEYPLANE_NODE_TOKEN/,
    );
    const manager = await runningManager();
    const node = await runningNode({ managerUrl: manager.url, dataDir: options.dataDir });
    await (await manager.links.next()).reset(1, [ecJwk({ name: 'a' })]);
    await node.close();
    expect(await kidsOf((await runningNode({ managerUrl: manager.url, ...options })).url)).toEqual(['kid-a']);
  });

  test('on a port that is taken', async () => {
    const { node, manager } = await started();
    const port = Number(new URL(node.url).port);
    const second = runningNode({ managerUrl: manager.url, dataDir: await temporaryFolder(), port });
    await expect(second).rejects.toThrow(/choose another --port/);
  });
});

test('the stream of a manager is below its address, and plain only on this machine', () => {
  expect(streamUrl('https://manager.example').href).toBe('wss://manager.example/node-stream');
  expect(streamUrl('https://manager.example/base/?x=1').href).toBe('wss://manager.example/base/node-stream');
  for (const host of ['127.0.0.1:8080', 'localhost', '[::1]:80', '127.1']) {
    expect(streamUrl(`http://${host}`).protocol).toBe('ws:');
  }
  for (const host of [
    'a.localhost',
    'localhost.',
    'localhost.example',
    '127.0.0.1.example',
    '[::ffff:7f00:1]',
    '0.0.0.0',
  ]) {
    expect(() => streamUrl(`http://${host}`)).toThrow(/use https/);
  }
});
