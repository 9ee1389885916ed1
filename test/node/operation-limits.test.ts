// What the operations listener does with more requests than it was granted, or can answer.

import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { CallerIndex } from '../../src/node/operations/callers/caller-index.ts';
import { LoadGuard } from '../../src/node/operations/load-guard.ts';
import { callingWorld } from './support/calling-world.ts';
import { applicationContent, operate } from './support/operations.ts';

async function limitedWorld(perSecond: number, burst: number) {
  let token = '';
  const world = await callingWorld((ring) => {
    const application = applicationContent([
      { ...ring, operations: ['SIGN', 'VERIFY'], rate: { perSecond, burst } },
    ]);
    token = application.token;
    return [application.content];
  });
  return { ...world, token, sign: () => world.sign(token) };
}

test('requests above the rate of a grant are answered with 429 and the seconds to wait', async () => {
  const { sign } = await limitedWorld(0.01, 2);
  expect([(await sign()).status, (await sign()).status]).toEqual([200, 200]);
  const { status, headers, body } = await sign();
  expect(status).toBe(429);
  expect(body).toEqual({
    error: 'rate_limit_exceeded',
    error_description: 'The rate of this grant is exceeded! Try again later.',
    reason: 'TOO_MANY_REQUESTS',
    retry_after: expect.any(Number),
  });
  expect(body.retry_after).toBeGreaterThan(90);
  expect(headers.get('retry-after')).toBe(String(body.retry_after));
});

test('a batch takes as much as it has items, and one that is refused takes nothing', async () => {
  const { url, token } = await limitedWorld(0.01, 5);
  const batch = (count: number) =>
    operate(url, 'key-rings/tokens/sign', {
      token,
      body: { items: Array.from({ length: count }, () => ({ claims: {} })) },
    });
  expect((await batch(6)).status).toBe(429);
  expect((await batch(4)).status).toBe(200);
  expect((await batch(2)).status).toBe(429);
  expect((await batch(1)).status).toBe(200);
  expect((await batch(1)).status).toBe(429);
});

test('an application that is deployed again does not get a second burst', async () => {
  const { sign, link, contents } = await limitedWorld(0.01, 2);
  await sign();
  await sign();
  const [ring, member, application] = contents;
  const renamed = { ...application, name: 'renamed' } as NonNullable<typeof application>;
  await link.change(3, [{ revision: 4, put: renamed }], [ring, member, renamed] as typeof contents);
  expect((await sign()).status).toBe(429);
  await link.reset(9, [ring, member, renamed] as typeof contents);
  expect((await sign()).status).toBe(429);
});

test('two grants of one key at different rates limit each its own operations, also after a redeployment', async () => {
  let token = '';
  const { url, link, contents, sign } = await callingWorld((ring) => {
    const application = applicationContent([
      { ...ring, operations: ['SIGN'], rate: { perSecond: 0.01, burst: 1 } },
      { ...ring, operations: ['VERIFY'], rate: { perSecond: 0.01, burst: 2 } },
    ]);
    token = application.token;
    return [application.content];
  });
  const { status, body } = await sign(token);
  expect(status).toBe(200);
  expect((await sign(token)).status).toBe(429);
  const verify = async () =>
    (await operate(url, 'key-rings/tokens/verify', { token, body: { jws: body.jws } })).status;
  expect(await verify()).toBe(200);
  const [ring, member, application] = contents;
  const renamed = { ...application, name: 'renamed' } as NonNullable<typeof application>;
  await link.change(3, [{ revision: 4, put: renamed }], [ring, member, renamed] as typeof contents);
  expect((await sign(token)).status).toBe(429);
  expect([await verify(), await verify()]).toEqual([200, 429]);
});

test('a signature that only SIGN_RAW allows takes from the rate of SIGN_RAW, and a batch from both', async () => {
  let token = '';
  const { url } = await callingWorld((ring) => {
    const application = applicationContent([
      { ...ring, operations: ['SIGN'], rate: { perSecond: 0.01, burst: 5 } },
      { ...ring, operations: ['SIGN_RAW'], rate: { perSecond: 0.01, burst: 3 } },
    ]);
    token = application.token;
    return [application.content];
  });
  const statusOf = async (body: object) =>
    (await operate(url, 'key-rings/tokens/sign', { token, body })).status;
  const batch = (plain: number, raw: number) =>
    statusOf({
      items: [...Array(plain).fill({ claims: {} }), ...Array(raw).fill({ payloadBase64: 'e30=' })],
    });
  // Neither of the two that are refused takes anything.
  expect([await batch(1, 4), await batch(6, 1)]).toEqual([429, 429]);
  expect([await statusOf({ payload: '{}' }), await batch(1, 1)]).toEqual([200, 200]);
  expect(await statusOf({ claims: {}, payload: '{}' })).toBe(400);
  expect([await statusOf({ payload: '{}' }), await statusOf({ payload: '{}' })]).toEqual([200, 429]);
  const plain = { claims: {} };
  expect([await batch(2, 0), await statusOf(plain), await statusOf(plain)]).toEqual([200, 200, 429]);
});

test('a signature that only SIGN_RAW allows is accepted while the rate of SIGN is used up', async () => {
  let token = '';
  const { url } = await callingWorld((ring) => {
    const application = applicationContent([
      { ...ring, operations: ['SIGN'], rate: { perSecond: 0.01, burst: 1 } },
      { ...ring, operations: ['SIGN_RAW'] },
    ]);
    token = application.token;
    return [application.content];
  });
  const statusOf = async (body: object) =>
    (await operate(url, 'key-rings/tokens/sign', { token, body })).status;
  const raw = { payload: '{}' };
  expect([await statusOf(raw), await statusOf({ claims: {} })]).toEqual([200, 200]);
  expect([await statusOf({ claims: {} }), await statusOf(raw), await statusOf(raw)]).toEqual([429, 200, 200]);
});

test('a grant whose rate changes goes on with what is left, beside another of the same key', () => {
  const callers = new CallerIndex(() => 0);
  const put = (...rates: readonly { perSecond: number; burst: number }[]) => {
    const operations = [['SIGN', 'MAC'], ['VERIFY']] as const;
    const { content } = applicationContent(
      rates.map((rate, index) => ({ id: 'k', kind: 'jwk', operations: operations[index] ?? [], rate })),
      { id: 'a', tokens: [{ hash: 'h', validUntil: null }] },
    );
    callers.put(content);
    return callers.byToken('h')?.grants.get('k')?.buckets;
  };
  const before = put({ perSecond: 1, burst: 3 }, { perSecond: 2, burst: 3 });
  expect(before?.get('MAC')).toBe(before?.get('SIGN'));
  expect(before?.get('SIGN')?.take(3)).toBe(true);
  const after = put({ perSecond: 5, burst: 5 }, { perSecond: 2, burst: 3 });
  expect(after?.get('SIGN')?.take(1)).toBe(false);
  expect(after?.get('VERIFY')).toBe(before?.get('VERIFY'));
  expect(after?.get('VERIFY')?.take(3)).toBe(true);
});

test('an application that keeps many requests open is rejected, and another is not', async () => {
  const { url, token, link, contents } = await limitedWorld(10_000, 10_000);
  const [ring, member, application] = contents;
  const calm = applicationContent([{ id: ring?.id ?? '', kind: 'key-ring', operations: ['SIGN'] }], {
    name: 'calm',
  });
  const after = [ring, member, application, calm.content] as typeof contents;
  await link.change(3, [{ revision: 4, put: calm.content }], after);
  const path = '/projects/MyProject/key-rings/tokens/sign';
  const headers = {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
    'Content-Length': '13',
  };
  const statusOf = async (bearer: string) =>
    (await operate(url, 'key-rings/tokens/sign', { token: bearer, body: { claims: {} } })).status;
  const open = Array.from({ length: 512 }, () => {
    const sent = request(`${url}${path}`, { agent: false, method: 'POST', headers });
    sent.on('error', () => undefined);
    sent.write('{');
    return sent;
  });
  // Heads arrive in any order: once one more is too many, all of them are there.
  while ((await statusOf(token)) !== 503);
  const { headers: answered, body } = await operate(url, 'key-rings/tokens/sign', {
    token,
    body: { claims: {} },
  });
  expect(body).toEqual({
    error: 'unavailable',
    error_description: 'This node has more operations to do than it can perform soon! Try again.',
    reason: 'UNAVAILABLE',
    retry_after: 1,
  });
  expect(answered.get('retry-after')).toBe('1');
  expect(await statusOf(calm.token)).toBe(200);
  for (const sent of open) sent.destroy();
  while ((await statusOf(token)) !== 200);
});

test('too many requests at once are rejected, and an application with few of them is not', () => {
  const guard = new LoadGuard({ most: 10, mostOfApplication: 8, watch: () => () => undefined });
  const leave = Array.from({ length: 8 }, () => guard.enter('busy'));
  expect(leave.every((one) => one !== undefined)).toBe(true);
  expect(guard.enter('busy')).toBeUndefined();
  expect([1, 2, 3].map(() => guard.enter('calm') !== undefined)).toEqual([true, true, true]);
  expect(guard.inProgress).toBe(11);
  leave[0]?.leave();
  leave[0]?.leave();
  expect(guard.inProgress).toBe(10);
  expect(guard.enter('busy')).toBeUndefined();
});

test('while the event loop is late an application gets no more than its share', () => {
  let onWindow: (windowMs: number, lateMs: number) => void = () => undefined;
  const watch = (listener: typeof onWindow) => {
    onWindow = listener;
    return () => undefined;
  };
  const guard = new LoadGuard({ watch });
  const enter = (application: string, times: number) => {
    let accepted = 0;
    for (let time = 0; time < times; time += 1) {
      const leave = guard.enter(application);
      if (leave !== undefined) accepted += 1;
      leave?.leave();
    }
    return accepted;
  };
  expect(enter('busy', 1000)).toBe(1000);
  // Few connections: something else made the loop late.
  onWindow(500, 400);
  expect(enter('busy', 1000)).toBe(1000);
  const connections = Array.from({ length: 300 }, () => guard.connect());
  enter('calm', 10);
  onWindow(500, 400);
  // 1010 requests took 500 ms: 202 of them take 100 ms.
  expect(enter('busy', 1000)).toBe(101);
  expect(enter('calm', 10)).toBe(10);
  for (const disconnect of connections) disconnect();
  onWindow(500, 400);
  expect(enter('busy', 1000)).toBe(1000);
});

test('a node that stops answers what is under way and ends the connection with it', async () => {
  const { node, url, token } = await limitedWorld(1000, 1000);
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const { port } = new URL(url);
  const path = '/projects/MyProject/key-rings/tokens/sign';
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const sent = request({ agent, port, host: '127.0.0.1', path, method: 'POST', headers });
  sent.write('{"claims":');
  await once(sent, 'socket');
  // The node has the head once it has answered a second request.
  await operate(url, 'key-rings/tokens/sign', { token, body: { claims: {} } });
  const closed = node.close();
  const isListening = () =>
    fetch(`${url}/healthz`).then(
      () => true,
      () => false,
    );
  while (await isListening());
  sent.end('{}}');
  const [response] = await once(sent, 'response');
  response.resume();
  expect(response.statusCode).toBe(200);
  expect(response.headers.connection).toBe('close');
  await closed;
});

test('one connection carries many requests', async () => {
  const { url, token } = await limitedWorld(1000, 1000);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (let times = 0; times < 20; times += 1) {
    const sent = request(`${url}/projects/MyProject/key-rings/tokens/sign`, {
      agent,
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    });
    sent.end('{"claims":{}}');
    const [response] = await once(sent, 'response');
    expect(response.statusCode).toBe(200);
    ports.add(response.socket.localPort);
    response.resume();
    await once(response, 'end');
  }
  expect(ports.size).toBe(1);
});
