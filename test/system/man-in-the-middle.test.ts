// An attacker between real nodes and a real manager alters, repeats, swaps and mixes their messages. He learns
// nothing, changes nothing, and both sides notice him.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { proofBytes, transcriptOf } from '../../src/protocol/handshake.ts';
import { streamPath } from '../../src/protocol/messages.ts';
import { fingerprintOf, signBytes, signingKeyOf } from '../../src/protocol/signing-keys.ts';
import { signedIn } from '../support/manager.ts';
import { type Attack, type Attacker, alterOnce, type Passing, startAttacker } from './support/attacker.ts';
import { eventually } from './support/eventually.ts';
import { endAllProcesses, type ServeProcess, serve } from './support/keyplane-process.ts';
import { ecKey, KnownSecrets, pkcs12File, rsaKey } from './support/known-secrets.ts';
import { foundIn, needlesOf } from './support/secret-search.ts';
import { removeTemporaryFolders, temporaryFolder } from './support/temporary-folder.ts';
import {
  jwksPath,
  kidsOf,
  made,
  password,
  pastedJwk,
  setOf,
  startWorld,
  type World,
} from './support/world.ts';

let world: World;
let attacker: Attacker;
const started: ServeProcess[] = [];

beforeAll(async () => {
  world = await startWorld({ KEYPLANE_DEPLOY_TIMEOUT: '500' });
  attacker = await startAttacker(world.url);
  await made(world.api, jwksPath, pastedJwk('first'));
});
afterEach(async () => {
  attacker.rest();
  for (const node of started.splice(0)) await node.stop();
  for (const { name } of await nodesOf()) {
    await world.api('DELETE', `/apiops/environments/production/nodes/${name}/`);
  }
});
afterAll(async () => {
  await attacker.close();
  await endAllProcesses();
  await removeTemporaryFolders();
});

const nodesOf = async (): Promise<readonly { name: string; connected: boolean }[]> =>
  (await world.api('GET', '/apiops/environments/production/nodes/')).body.resultList;

/** A node that reaches the manager through the attacker alone. */
async function attacked(name: string): Promise<ServeProcess> {
  const node = await world.startNode(name, { managerUrl: attacker.url });
  started.push(node);
  return node;
}

async function rejections(): Promise<number> {
  const text = await (await fetch(`${world.url}/metrics`)).text();
  return Number(/keyplane_refusals_total\{cause="node_handshake"\} (\d+)/.exec(text)?.[1]);
}

async function newestRejection(): Promise<{ readonly sequence: number; readonly reason: string }> {
  const { body } = await world.api('GET', '/apiops/audit/?action=node.refuse');
  const [newest] = body.resultList;
  return { sequence: newest?.sequence ?? 0, reason: newest?.details.reason ?? '' };
}

/** The metrics and audit records of the manager while `happens` runs. @returns the newest rejection */
async function noticedBy(happens: () => Promise<unknown>): Promise<{ readonly reason: string }> {
  const [count, record] = [await rejections(), await newestRejection()];
  await happens();
  await eventually(
    async () => (await newestRejection()).sequence > record.sequence,
    'the audit record has it',
  );
  await eventually(async () => (await rejections()) > count, 'the metric has it');
  return newestRejection();
}

const has = (node: ServeProcess, kid: string) =>
  eventually(async () => (await kidsOf(node)).includes(kid), `the node has ${kid}`);
test('an attacker who only listens learns no key, no keystore, no password and no token', async () => {
  const secrets = new KnownSecrets();
  const path = '/apiops/projects/MyProject';
  const environmentName = 'production';
  const node = await attacked('listened');
  await world.connected('listened');
  const pasted = secrets.key('a pasted key', ecKey()).export({ format: 'jwk' });
  const jwkStr = JSON.stringify({ ...pasted, kid: 'pasted' });
  await made(world.api, jwksPath, { name: 'pasted', sourceType: 'COPY_PASTE', jwkStr });
  const content = secrets.bytes('a secret key', Buffer.from('0123456789abcdef')).toString('base64');
  await made(world.api, `${path}/keys/`, {
    name: 'secret',
    keyType: 'SECRET_KEY',
    algorithm: 'AES',
    cryptoKeyInfoEnvironmentList: [{ environmentName, content }],
  });
  const keystorePassword = secrets.password('password of a keystore');
  const file = secrets.bytes('a keystore', pkcs12File(secrets.key('its key', rsaKey()), keystorePassword));
  const store = { file: file.toString('base64'), password: keystorePassword, keyStoreType: 'PKCS12' };
  await made(world.api, `${path}/keystores/`, {
    name: 'store',
    keyStoreEnvironmentList: [{ environmentName, ...store }],
  });
  await has(node, 'pasted');
  secrets.text('the enrollment token', world.token);
  secrets.bytes('the seed of the token', Buffer.from(world.token.slice(4, 47), 'base64url'));
  secrets.bytes('node.key', await readFile(join(world.folder, 'listened', 'node.key')));

  const transcript = Buffer.from(attacker.seen.map(({ text }) => text).join('\n'));
  const types = new Set(attacker.seen.map(({ from, message }) => `${from} ${message.type}`));
  expect([...types].toSorted()).toEqual([
    'manager identity',
    'manager proof',
    'manager sealed',
    'manager state',
    'node hello',
    'node proof',
    'node sealed',
  ]);
  const needles = needlesOf(secrets.all);
  expect(foundIn(transcript, needles)).toEqual([]);
  expect(foundIn(Buffer.concat([transcript, Buffer.from(jwkStr)]), needles)).not.toEqual([]);
});

const nodeDoubts = /the manager's proof does not hold: something between this node and the manager/;
const nodeToldOfProof = /the manager does not accept this node's proof/;
const notForHere = /was not sealed for this place in this connection/;
const toldOfDoubt = /the node does not accept this manager's proof/;

test.each<[Passing['from'], string, string, RegExp, RegExp]>([
  ['node', 'hello', 'name', nodeDoubts, toldOfDoubt],
  ['node', 'hello', 'version', nodeDoubts, toldOfDoubt],
  ['node', 'hello', 'ephemeralKey', nodeDoubts, toldOfDoubt],
  ['node', 'hello', 'nodeKey', nodeDoubts, toldOfDoubt],
  ['node', 'hello', 'tokenKey', /does not accept KEYPLANE_NODE_TOKEN/, /enrollment token is unknown/],
  ['node', 'hello', 'environment', /does not accept KEYPLANE_NODE_TOKEN/, /for another environment/],
  ['manager', 'identity', 'ephemeralKey', nodeDoubts, toldOfDoubt],
  ['manager', 'identity', 'identityKey', nodeDoubts, toldOfDoubt],
  ['manager', 'proof', 'signature', nodeDoubts, toldOfDoubt],
  ['node', 'proof', 'signature', nodeToldOfProof, /proof of the node's key does not hold/],
  ['node', 'proof', 'tokenSignature', nodeToldOfProof, /proof of the enrollment token does not hold/],
  ['node', 'proof', 'sealed', nodeToldOfProof, notForHere],
])('from a %s, a %s with an altered %s joins nobody, and both sides notice', async (...row) => {
  const [from, type, member, atNode, atManager] = row;
  attacker.attack(alterOnce(from, type, member));
  const name = `altered-${type}-${member}`;
  let node: ServeProcess | undefined;
  const { reason } = await noticedBy(async () => {
    node = await attacked(name);
    await node.says(atNode);
  });
  expect(reason).toMatch(atManager);
  await world.manager.says(atManager);
  expect(await nodesOf()).toEqual([]);
  expect((await setOf(node ?? { url: '' })).status).toBe(503);
});

const doesNotOpen = /what the manager sealed does not open/;

describe('of a node that has joined, who stands between', () => {
  let node: ServeProcess;
  async function joined(name: string): Promise<void> {
    node = await attacked(name);
    await world.connected(name);
    await has(node, 'first');
  }

  test('cannot alter the welcome', async () => {
    attacker.attack(alterOnce('manager', 'sealed', 'sealed'));
    const { reason } = await noticedBy(() => joined('welcomed'));
    expect(reason).toMatch(/what this manager sealed does not open at the node/);
    await node.says(doesNotOpen);
  });

  test('cannot alter a change or any member of it', async () => {
    await joined('changed');
    for (const member of ['reset', 'from', 'to', 'final', 'digest', 'sealed']) {
      attacker.attack(alterOnce('manager', 'state', member));
      const kid = `altered-${member}`;
      const { reason } = await noticedBy(async () => {
        await made(world.api, jwksPath, pastedJwk(kid));
        await has(node, kid);
      });
      expect(reason).toMatch(/what this manager sealed does not open at the node/);
    }
  });

  test('cannot leave out a change, repeat one, or put one of another connection in its place', async () => {
    await joined('mixed');
    const isState = ({ from, message }: Passing) => from === 'manager' && message.type === 'state';
    const old = attacker.seen.find((passing) => isState(passing))?.text ?? '';
    const attacks: readonly Attack[] = [
      (passing) => (isState(passing) ? [passing.text, passing.text] : undefined),
      (passing) => (isState(passing) ? [old] : undefined),
      (passing) => (isState(passing) ? [old, passing.text] : undefined),
    ];
    for (const [index, attack] of attacks.entries()) {
      let left = 1;
      attacker.attack((passing) => {
        const instead = left > 0 ? attack(passing) : undefined;
        if (instead) left -= 1;
        return instead;
      });
      const { reason } = await noticedBy(() => made(world.api, jwksPath, pastedJwk(`mixed-${index}`)));
      expect(reason).toMatch(/what this manager sealed does not open at the node/);
      await has(node, `mixed-${index}`);
    }
  });

  test('cannot confirm for the node, nor alter or repeat its confirmation', async () => {
    await joined('confirmed');
    const isApplied = ({ from, message }: Passing) => from === 'node' && message.type === 'sealed';
    const old = attacker.seen.find((passing) => isApplied(passing))?.text ?? '';
    for (const [index, attack] of [
      alterOnce('node', 'sealed', 'sealed'),
      (passing: Passing) => (isApplied(passing) ? [passing.text, passing.text] : undefined),
      (passing: Passing) => (isApplied(passing) ? [old] : undefined),
    ].entries()) {
      attacker.attack(attack);
      const kid = `confirmed-${index}`;
      const { reason } = await noticedBy(() => made(world.api, jwksPath, pastedJwk(kid)));
      expect(reason).toMatch(notForHere);
      attacker.rest();
      await has(node, kid);
    }
    // He withholds the change from the node, and sends the confirmation that it would send.
    attacker.attack((passing) => {
      if (isApplied(passing)) return [];
      return passing.message.type === 'state' ? [] : undefined;
    });
    const { deploymentResult } = await made(world.api, jwksPath, pastedJwk('withheld'));
    expect(deploymentResult).toMatchObject({ success: false });
    expect(await kidsOf(node)).not.toContain('withheld');
  });

  test('cannot send it a message of the manager to another node', async () => {
    await joined('one');
    const other = await attacked('other');
    await has(other, 'first');
    const connection = attacker.seen.findLast(({ message }) => message.name === 'other')?.connection;
    let forOther: string | undefined;
    attacker.attack((passing) => {
      if (passing.message.type !== 'state') return undefined;
      if (passing.connection === connection) forOther = passing.text;
      else if (forOther !== undefined) return [forOther];
      return undefined;
    });
    await noticedBy(async () => {
      for (const kid of ['mine-1', 'mine-2']) await made(world.api, jwksPath, pastedJwk(kid));
    });
    await node.says(doesNotOpen);
    attacker.rest();
    await has(node, 'mine-2');
    expect(other.stdout() + other.stderr()).not.toMatch(doesNotOpen);
  });
});

test('who plays a recorded join to the manager is rejected, whatever he sends after the hello', async () => {
  await attacked('recorded');
  await world.connected('recorded');
  const recorded = attacker.seen.filter(({ from }) => from === 'node');
  const hello = recorded.findLast(({ message }) => message.type === 'hello')?.text ?? '';
  const proof = recorded.findLast(({ message }) => message.type === 'proof')?.text ?? '';
  const { reason } = await noticedBy(async () => {
    const socket = new WebSocket(world.url.replace(/^http/, 'ws') + streamPath);
    await once(socket, 'open');
    socket.send(hello);
    await once(socket, 'message');
    socket.send(proof);
    const [code] = await once(socket, 'close');
    expect(code).toBe(4403);
  });
  expect(reason).toBe("the proof of the node's key does not hold");
});

describe('who puts keys of his own in the place of both sides', () => {
  const his = signingKeyOf(Buffer.alloc(32, 66));
  const ephemeral = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }).x;

  /** As the manager, with an identity of his own. */
  function asManager(): Attack {
    let hello: Passing | undefined;
    let identity = '';
    return (passing) => {
      const { message, text } = passing;
      if (message.type === 'hello') {
        hello = passing;
        return [JSON.stringify({ ...message, ephemeralKey: ephemeral })];
      }
      if (message.type === 'identity') {
        const keys = { ephemeralKey: ephemeral, identityKey: his.publicKey.toString('base64url') };
        identity = JSON.stringify({ ...message, ...keys });
        return [identity];
      }
      if (passing.from !== 'manager' || message.type !== 'proof') return [text];
      const names = { environment: String(hello?.message.environment), node: String(hello?.message.name) };
      const bytes = proofBytes('manager', names, transcriptOf(hello?.text ?? '', identity));
      return [JSON.stringify({ type: 'proof', signature: signBytes(his, bytes).toString('base64url') })];
    };
  }

  test('is not the manager whose identity the token names', async () => {
    attacker.attack(asManager());
    const { reason } = await noticedBy(async () => {
      const node = await attacked('by-token');
      await node.says(
        new RegExp(`has the identity ${fingerprintOf(his.publicKey)}, KEYPLANE_NODE_TOKEN names`),
      );
      expect((await setOf(node)).status).toBe(503);
    });
    expect(reason).toMatch(toldOfDoubt);
    expect(await nodesOf()).toEqual([]);
  });

  test('is not the manager whose identity the node pinned', async () => {
    const before = await world.startNode('by-pin');
    await world.connected('by-pin');
    await has(before, 'first');
    const kids = await kidsOf(before);
    await before.stop();
    attacker.attack(asManager());
    const { reason } = await noticedBy(async () => {
      const node = await attacked('by-pin');
      await node.says(/this node belongs to the installation with/);
      expect(await kidsOf(node)).toEqual(kids);
    });
    expect(reason).toMatch(toldOfDoubt);
  });
});

describe('who leads nodes to the manager of another installation', () => {
  let other: ServeProcess;
  let token: string;
  beforeAll(async () => {
    const folder = await temporaryFolder();
    other = await serve(join(folder, 'manager'), { KEYPLANE_ADMIN_PASSWORD: password });
    const api = await signedIn(other.url, 'admin', password);
    await made(api, '/apiops/environments/', { name: 'production', type: 'TEST' });
    ({ token } = await made(api, '/apiops/environments/production/enrollment-tokens/'));
  });

  test('has a new node rejected by that manager, whose token it has not', async () => {
    const node = await world.startNode('led', { managerUrl: other.url });
    started.push(node);
    await node.says(/the enrollment token is unknown: it was revoked, or is of another installation/);
    await other.says(/the enrollment token is unknown/);
    expect((await setOf(node)).status).toBe(503);
  });

  test('has a node that joined here rejected there, and a node of there rejected here', async () => {
    const here = await world.startNode('here');
    await world.connected('here');
    await has(here, 'first');
    await here.stop();
    const led = await world.startNode('here', { managerUrl: other.url, token: '' });
    started.push(led);
    await led.says(/no valid token for a new node/);
    expect(await kidsOf(led)).toContain('first');
    const dataDir = join(world.folder, 'there');
    const there = await world.startNode('there', { managerUrl: other.url, token, dataDir });
    // Without the pin a node that is given no token does not start.
    await eventually(() => existsSync(join(dataDir, 'manager.pin')), 'the node joined there');
    await there.stop();
    const strayed = await world.startNode('there', { token: '', dataDir });
    started.push(strayed);
    await strayed.says(/no valid token for a new node/);
    expect(await nodesOf()).toMatchObject([{ name: 'here' }]);
  });

  test('is noticed by a node that has a token of the other installation but joined here', async () => {
    const here = await world.startNode('moved');
    await world.connected('moved');
    await here.stop();
    const moved = await world.startNode('moved', { managerUrl: other.url, token });
    started.push(moved);
    await moved.says(/but this node belongs to the installation with/);
    await other.says(toldOfDoubt);
  });
});
