// Both sides of the handshake against each other over a real database, with an attacker between them who does what a test
// makes him do, and a clock that a test moves.

import { createHash, generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { createAuditLog } from '../../src/audit/create-audit-log.ts';
import {
  createIdentityReader,
  ensureIdentity,
  type ReadIdentity,
  rotateIdentity,
} from '../../src/deployments/handshake/installation-identity.ts';
import { ManagerHandshake } from '../../src/deployments/handshake/manager-handshake.ts';
import { createEnrollment, type EnrollmentRequest } from '../../src/environments/enrollment.ts';
import { newId } from '../../src/new-id.ts';
import { NodeHandshake } from '../../src/node/stream/node-handshake.ts';
import { SessionEnd } from '../../src/node/stream/session-end.ts';
import { parseEnrollmentToken } from '../../src/protocol/enrollment-token.ts';
import { proofBytes, transcriptOf } from '../../src/protocol/handshake.ts';
import type { Resume } from '../../src/protocol/messages.ts';
import { readFromManager } from '../../src/protocol/read-message.ts';
import { fingerprintOf, signBytes, signingKeyOf } from '../../src/protocol/signing-keys.ts';
import { emptyDigest } from '../../src/protocol/state-digest.ts';
import { createSealer } from '../../src/sealing/sealer.ts';
import type { Store } from '../../src/store/store.ts';
import { sampleEnrollmentToken, sampleEnvironment, sampleNode } from '../store/samples.ts';
import { freshDatabases } from '../support/databases.ts';
import { keyOfName } from '../support/node-client.ts';

const fresh = freshDatabases('sqlite');
const day = 24 * 3600 * 1000;
const start = new Date('2026-03-04T05:06:07Z');
const environment = sampleEnvironment({ name: 'production' });
const dataKey = { id: newId(), key: Buffer.alloc(32, 1) };
const sealer = createSealer([dataKey], dataKey.id);
const audit = createAuditLog({ key: Buffer.alloc(32, 2), clock: () => now });
const admin = { username: 'admin' };

let store: Store;
let now: Date;
let readIdentity: ReadIdentity;
beforeEach(async () => {
  now = start;
  store = await (await fresh()).open();
  readIdentity = createIdentityReader(sealer);
  await ensureIdentity(store, sealer, start);
  await store.write(({ environments }) => environments.insert(environment));
});

const later = (ms: number) => {
  now = new Date(now.getTime() + ms);
};
const managerSide = () => new ManagerHandshake({ store, audit, clock: () => now, readIdentity }, null);
const enrollment = () =>
  createEnrollment({ store, audit, clock: () => now, deployments: { wake: () => undefined }, readIdentity });
const tokenWith = async (wanted: Partial<EnrollmentRequest> = {}) =>
  (await enrollment().createToken(admin, { environmentName: 'production', ...wanted })).secretToken;

interface NodeOrder {
  readonly token?: string;
  readonly name?: string;
  readonly pinned?: string;
  readonly key?: ReturnType<typeof keyOfName>;
}

function nodeSide({ token, name = 'rack-7', pinned, key = keyOfName(name) }: NodeOrder): NodeHandshake {
  const secret = token === undefined ? undefined : parseEnrollmentToken(token);
  return new NodeHandshake({ environment: 'production', name, version: '2', key, secret, pinned });
}

const resume = (): Resume => ({
  type: 'resume',
  environmentId: null,
  revision: 0,
  digest: emptyDigest.toString('hex'),
  time: now.getTime(),
});

/** The numbers are those of docs/protocol.md. */
type Step = 1 | 2 | 3 | 4;
type Alter = (step: Step, text: string) => string | Promise<string>;
const asItIs: Alter = (_step, text) => text;

/** What the manager sent, to a node. */
function hears(node: NodeHandshake, text: string) {
  const message = readFromManager(text);
  if ('problem' in message) throw new SessionEnd(message.problem, { closeCode: 4400, slow: true });
  if (message.type === 'identity') return node.identity(message, text);
  if (message.type === 'proof') return node.proof(message, resume);
  throw new SessionEnd('out of order', { closeCode: 4400, slow: true });
}

async function handshake(node: NodeHandshake, alter: Alter = asItIs, manager = managerSide()) {
  const answer = await manager.hello(await alter(1, node.hello));
  if ('join' in answer) return { by: 'manager', reason: answer.reason } as const;
  let proven: ReturnType<NodeHandshake['proof']> | undefined;
  try {
    hears(node, await alter(2, answer.texts[0]));
    proven = hears(node, await alter(3, answer.texts[1])) ?? undefined;
  } catch (error) {
    if (error instanceof SessionEnd) return { by: 'node', reason: error.message } as const;
    throw error;
  }
  if (!proven) throw new Error('the node has no proof');
  const admitted = await manager.proof(await alter(4, JSON.stringify(proven.proof)));
  if ('join' in admitted) return { by: 'manager', reason: admitted.reason } as const;
  const sealed = admitted.sealing.seal('welcome');
  expect(proven.opening.open(sealed)).toBe('welcome');
  return { by: 'nobody', admitted, key: admitted.admission.key } as const;
}

const refusedBy = (by: 'manager' | 'node', reason: RegExp) => ({ by, reason: expect.stringMatching(reason) });
const keysOf = (name: string) => store.read(({ nodeKeys }) => nodeKeys.listOfName(environment.id, name));
const fingerprint = async () => (await store.read(readIdentity)).fingerprint;

describe('an attacker between node and manager', () => {
  test.each<Step>([1, 2, 3, 4])(
    'completes no handshake in which he altered one bit of message %i',
    async (altered) => {
      const token = await tokenWith();
      let length = 1;
      let rejected = 0;
      for (let at = 0; at < length; at += 1) {
        const name = `n${at}`;
        let [before, after] = ['', ''];
        const end = await handshake(nodeSide({ token, name }), (step, text) => {
          if (step !== altered) return text;
          const bytes = Buffer.from(text);
          length = bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 7));
          [before, after] = [text, bytes.toString()];
          return after;
        });
        if (end.by === 'nobody') {
          // The last character of 64 bytes in base64url has bits that stand for nothing: then he changed nothing.
          expect(bytesIn(after)).toEqual(bytesIn(before));
          expect(altered).toBeGreaterThan(2);
        } else {
          expect(await keysOf(name)).toEqual([]);
          rejected += 1;
        }
      }
      expect(length).toBeGreaterThan(90);
      expect(rejected).toBeGreaterThanOrEqual(length - 2);
    },
  );

  test('cannot repeat a handshake that he recorded, towards either side', async () => {
    const token = await tokenWith();
    const seen = new Map<Step, string>();
    await handshake(nodeSide({ token }), (step, text) => {
      seen.set(step, text);
      return text;
    });
    const replayed = (step: Step) => seen.get(step) ?? '';
    const manager = managerSide();
    expect(await manager.hello(replayed(1))).toHaveProperty('texts');
    expect(await manager.proof(replayed(4))).toMatchObject({
      code: 4403,
      reason: "the proof of the node's key does not hold",
    });
    const toNode = await handshake(nodeSide({ token }), (step, text) => (step === 1 ? text : replayed(step)));
    expect(toNode).toEqual(refusedBy('node', /the manager's proof does not hold/));
  });

  test('cannot send a proof twice', async () => {
    const manager = managerSide();
    let proof = '';
    const token = await tokenWith();
    await handshake(
      nodeSide({ token }),
      (step, text) => {
        if (step === 4) proof = text;
        return text;
      },
      manager,
    );
    expect(await manager.proof(proof)).toMatchObject({ reason: 'a proof comes after the identity' });
  });

  test('cannot send a second identity', async () => {
    const node = nodeSide({ token: await tokenWith() });
    const answered = await managerSide().hello(node.hello);
    const [text = ''] = 'texts' in answered ? answered.texts : [];
    node.identity(JSON.parse(text), text);
    expect(() => node.identity(JSON.parse(text), text)).toThrow('a second identity');
  });

  test.each(['ephemeralKey', 'identityKey'] as const)(
    "cannot put a key of his own in place of the manager's %s",
    async (member) => {
      const own = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }).x;
      const end = await handshake(nodeSide({ token: await tokenWith() }), (step, text) =>
        step === 2 ? JSON.stringify({ ...JSON.parse(text), [member]: own }) : text,
      );
      expect(end).toEqual(refusedBy('node', /the manager's proof does not hold/));
    },
  );

  test.each<[string, (token: string) => Promise<NodeOrder>]>([
    ['its token names', async (token) => ({ token })],
    ['it pinned', async () => ({ pinned: await fingerprint() })],
  ])(
    'is not accepted as the manager with an identity of his own by a node for the identity that %s',
    async (_, order) => {
      const token = await tokenWith();
      const his = signingKeyOf(Buffer.alloc(32, 9));
      const node = nodeSide(await order(token));
      await handshake(nodeSide({ token }));
      let identity = '';
      const names = { environment: 'production', node: 'rack-7' };
      const end = await handshake(node, (step, text) => {
        if (step === 2) {
          identity = JSON.stringify({
            ...JSON.parse(text),
            identityKey: his.publicKey.toString('base64url'),
          });
          return identity;
        }
        if (step !== 3) return text;
        const signature = signBytes(his, proofBytes('manager', names, transcriptOf(node.hello, identity)));
        return JSON.stringify({ type: 'proof', signature: signature.toString('base64url') });
      });
      expect(end).toEqual(refusedBy('node', new RegExp(`has the identity ${fingerprintOf(his.publicKey)}`)));
    },
  );

  test('does not join with the public key of a token that he saw', async () => {
    const token = await tokenWith();
    const his = nodeSide({
      token: `kpn_${Buffer.alloc(32, 8).toString('base64url')}.${await fingerprint()}`,
    });
    const { tokenKey } = JSON.parse(nodeSide({ token }).hello);
    const hello = JSON.stringify({ ...JSON.parse(his.hello), tokenKey });
    Object.assign(his, { hello });
    expect(await handshake(his)).toEqual(
      refusedBy('manager', /the proof of the enrollment token does not hold/),
    );
    expect(await keysOf('rack-7')).toEqual([]);
  });

  test("cannot leave out the token's proof", async () => {
    const end = await handshake(nodeSide({ token: await tokenWith() }), (step, text) =>
      step === 4 ? JSON.stringify({ ...JSON.parse(text), tokenSignature: undefined }) : text,
    );
    expect(end).toEqual(refusedBy('manager', /the proof of the enrollment token does not hold/));
  });

  test('cannot let one node join under the name of another', async () => {
    const token = await tokenWith();
    const end = await handshake(nodeSide({ token, name: 'a' }), (step, text) =>
      step === 1 ? JSON.stringify({ ...JSON.parse(text), name: 'b' }) : text,
    );
    expect(end).toEqual(refusedBy('node', /the manager's proof does not hold/));
    expect(await keysOf('b')).toEqual([]);
  });
});

describe('an enrollment token', () => {
  test('joins no node once it has expired, and those that joined with it return', async () => {
    const token = await tokenWith({ expiresAt: new Date(start.getTime() + day).toISOString() });
    later(day - 1);
    expect(await handshake(nodeSide({ token, name: 'early' }))).toMatchObject({ by: 'nobody' });
    later(1);
    const expired = /the enrollment token expired at 2026-03-05T05:06:07\.000Z/;
    expect(await handshake(nodeSide({ token, name: 'late' }))).toEqual(refusedBy('manager', expired));
    expect(await handshake(nodeSide({ token, name: 'early' }))).toMatchObject({ by: 'nobody' });
  });

  test('that expires during a handshake joins no node', async () => {
    const token = await tokenWith({ expiresAt: new Date(start.getTime() + day).toISOString() });
    const end = await handshake(nodeSide({ token }), (step, text) => {
      if (step === 4) later(day);
      return text;
    });
    expect(end).toEqual(refusedBy('manager', /expired/));
  });

  test('registers no more keys than maxNodes, also of nodes that join at once', async () => {
    const token = await tokenWith({ maxNodes: 2 });
    const names = ['a', 'b', 'c', 'd'];
    const all = await Promise.all(names.map((name) => handshake(nodeSide({ token, name }))));
    expect(all.filter(({ by }) => by === 'nobody')).toHaveLength(2);
    const usedUp = refusedBy('manager', /used up: maxNodes is 2/);
    expect(all.filter(({ by }) => by !== 'nobody')).toEqual([usedUp, usedUp]);
    expect((await enrollment().list('production')).map(({ registered }) => registered)).toEqual([2]);
  });

  test('decides once and for all whether its node is given private keys', async () => {
    const [without, withThem] = [await tokenWith(), await tokenWith({ privateKeys: true })];
    const joined = await handshake(nodeSide({ token: without }));
    expect(joined).toMatchObject({ key: { privateKeys: false } });
    expect(await handshake(nodeSide({ token: withThem }))).toMatchObject({ key: { privateKeys: false } });
    const other = await handshake(nodeSide({ token: withThem, name: 'other' }));
    expect(other).toMatchObject({ key: { privateKeys: true } });
  });

  test('from before the identity was replaced is accepted for 30 days, and its nodes for good', async () => {
    const token = await tokenWith();
    expect(await handshake(nodeSide({ token, name: 'before' }))).toMatchObject({ by: 'nobody' });
    later(day);
    await rotateIdentity(store, { sealer, audit, now });
    later(30 * day - 1);
    expect(await handshake(nodeSide({ token, name: 'in-time' }))).toMatchObject({ by: 'nobody' });
    later(1);
    expect(await handshake(nodeSide({ token, name: 'late' }))).toEqual(
      refusedBy('manager', /older than the identity by over 30 days/),
    );
    expect(await handshake(nodeSide({ token, name: 'before' }))).toMatchObject({ by: 'nobody' });
    expect(await handshake(nodeSide({ token: await tokenWith(), name: 'late' }))).toMatchObject({
      by: 'nobody',
    });
  });
});

describe('a key', () => {
  test('that another one takes the name from during the handshake is not registered', async () => {
    const token = await tokenWith();
    const second = keyOfName('another');
    const end = await handshake(nodeSide({ token }), async (step, text) => {
      if (step === 4) expect((await handshake(nodeSide({ token, key: second }))).by).toBe('nobody');
      return text;
    });
    expect(end).toEqual(refusedBy('manager', /the name belongs to a node with another key/));
    expect((await keysOf('rack-7')).map(({ publicKey }) => publicKey)).toEqual([second.publicKey]);
  });

  test.each<['removed' | 'revoked', RegExp]>([
    ['removed', /this node was removed/],
    ['revoked', /its enrollment token was revoked/],
  ])(
    'that is barred as %s is rejected, also where that happens during the handshake',
    async (because, reason) => {
      const token = await tokenWith();
      await handshake(nodeSide({ token }));
      const [key] = await keysOf('rack-7');
      const bar = () => store.write(({ nodeKeys }) => nodeKeys.bar(key?.id ?? '', because));
      const end = await handshake(nodeSide({ token }), async (step, text) => {
        if (step === 4) await bar();
        return text;
      });
      expect(end).toEqual(refusedBy('manager', reason));
      expect(await handshake(nodeSide({ token }))).toEqual(refusedBy('manager', reason));
    },
  );

  test('returns under its own name alone', async () => {
    const token = await tokenWith();
    await handshake(nodeSide({ token }));
    const end = await handshake(nodeSide({ token, name: 'rack-8', key: keyOfName('rack-7') }));
    expect(end).toEqual(refusedBy('manager', /its key belongs to node rack-7/));
  });
});

describe('a node of the first release, upgraded', () => {
  const token = `kpn_${Buffer.alloc(32, 6).toString('base64url')}`;
  const stored = () =>
    sampleEnrollmentToken(environment.id, {
      publicKey: null,
      hash: createHash('sha256').update(token).digest(),
    });
  beforeEach(async () => {
    await store.write(async (stores) => {
      await stores.enrollmentTokens.insert(stored());
      await stores.nodes.insert(sampleNode(environment.id, { name: 'rack-7' }));
    });
  });

  test('registers its key once, by a MAC under the stored hash, with private keys', async () => {
    expect(await handshake(nodeSide({ token }))).toMatchObject({ by: 'nobody', key: { privateKeys: true } });
    expect(await handshake(nodeSide({}))).toMatchObject({ by: 'nobody' });
    expect(await handshake(nodeSide({ token, key: keyOfName('thief') }))).toEqual(
      refusedBy('manager', /the name belongs to a node with another key/),
    );
  });

  test('has no second try once its key was barred', async () => {
    await handshake(nodeSide({ token }));
    const [key] = await keysOf('rack-7');
    await store.write(({ nodeKeys }) => nodeKeys.bar(key?.id ?? '', 'removed'));
    expect(await handshake(nodeSide({ token, key: keyOfName('thief') }))).toEqual(
      refusedBy('manager', /no valid token for a new node/),
    );
  });

  test('does not join under a name that was not registered before', async () => {
    expect(await handshake(nodeSide({ token, name: 'new' }))).toEqual(
      refusedBy('manager', /one of the first release joins only nodes known before/),
    );
  });

  test('does not join without the token, nor with another, nor with an altered or repeated MAC', async () => {
    const other = `kpn_${Buffer.alloc(32, 5).toString('base64url')}`;
    expect(await handshake(nodeSide({}))).toEqual(refusedBy('manager', /has no enrollment token/));
    const unknown = refusedBy('manager', /its token of the first release is unknown or revoked/);
    expect(await handshake(nodeSide({ token: other }))).toEqual(unknown);
    let macSeen = '';
    const alteredMac = await handshake(nodeSide({ token }), (step, text) => {
      if (step !== 4) return text;
      const { tokenMac, ...proof } = JSON.parse(text);
      macSeen = tokenMac;
      const bytes = Buffer.from(tokenMac, 'base64url');
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return JSON.stringify({ ...proof, tokenMac: bytes.toString('base64url') });
    });
    expect(alteredMac).toEqual(unknown);
    const repeatedMac = await handshake(nodeSide({ key: keyOfName('thief') }), (step, text) =>
      step === 4 ? JSON.stringify({ ...JSON.parse(text), tokenMac: macSeen }) : text,
    );
    expect(repeatedMac).toEqual(unknown);
    expect(await keysOf('rack-7')).toEqual([]);
  });

  test('does not join where its token is revoked during the handshake', async () => {
    const end = await handshake(nodeSide({ token }), async (step, text) => {
      if (step === 4) {
        // After the manager has looked for it, before it registers the key: the write waits for this one.
        const [found] = await enrollment().list('production');
        revokeBeforeWrite(found?.id ?? '');
      }
      return text;
    });
    expect(end).toEqual(refusedBy('manager', /missing or was revoked/));
    expect(await keysOf('rack-7')).toEqual([]);
  });

  /** The next transaction that writes finds the token deleted. */
  function revokeBeforeWrite(id: string): void {
    const { write } = store;
    Object.assign(store, {
      async write(work: Parameters<typeof write>[0]) {
        Object.assign(store, { write });
        await enrollment().revoke(admin, 'production', id);
        return write.call(store, work);
      },
    });
  }
});

/** The text, with everything that is base64url as its bytes. */
function bytesIn(text: string): unknown {
  return JSON.parse(text, (_member, value: unknown) =>
    typeof value === 'string' && value.length > 40 ? Buffer.from(value, 'base64url').toString('hex') : value,
  );
}
