// Operations that were not granted: of another project, of another kind, of another name, or beyond what SIGN bounds.

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { DeployedContent, DeployedTokenProfile, GrantOperation } from '../../../src/protocol/content.ts';
import { octJwk } from '../../node/support/contents.ts';
import { applicationContent, memberContent, operate, ringContent } from '../../node/support/operations.ts';
import { operationsWorld } from '../../node/support/operations-world.ts';

const all: readonly GrantOperation[] = ['SIGN', 'SIGN_RAW', 'VERIFY', 'ENCRYPT', 'DECRYPT', 'MAC', 'ISSUE'];
const verbs = ['sign', 'verify', 'encrypt', 'decrypt', 'mac', 'mac/verify'];
const refused = {
  status: 403,
  body: {
    error: 'forbidden',
    error_description: 'You do not have permission to perform this action',
    reason: 'ROLE_MISSING',
  },
};

function profileContent(keyRingId: string, project = 'MyProject'): DeployedTokenProfile {
  return {
    kind: 'token-profile',
    id: randomUUID(),
    project,
    name: 'orders',
    keyRingId,
    issuer: 'https://issuer.example',
    audiences: ['orders'],
    audienceMode: 'FIXED',
    lifetimeMs: 300_000,
    maxLifetimeMs: 300_000,
    notBeforeOffsetMs: null,
    tokenType: 'JWT',
    subject: { mode: 'FROM_CALLER', value: null, pattern: null },
    claims: { fixed: {}, allowed: [], required: [], schema: null },
    encryptTo: null,
  };
}

interface GrantedObject {
  readonly id: string;
  readonly kind: string;
}

function granting(
  objects: readonly GrantedObject[],
  operations: readonly GrantOperation[],
  project?: string,
) {
  const { token, content } = applicationContent([], project === undefined ? {} : { project, name: project });
  const grants = objects.map(({ id, kind }) => ({
    keyRingId: kind === 'key-ring' ? id : null,
    jwkId: kind === 'jwk' ? id : null,
    ...(kind === 'token-profile' && { tokenProfileId: id }),
    operations,
  }));
  return { token, content: { ...content, grants } };
}

async function worldWith(granted: ReturnType<typeof granting>, contents: readonly DeployedContent[]) {
  const { url } = await operationsWorld([...contents, granted.content]);
  return (path: string, body: unknown = {}) => operate(url, path, { token: granted.token, body });
}

test('a grant of another project opens nothing, whatever it names', async () => {
  const ring = ringContent('tokens');
  const jwk = octJwk('secret');
  const profile = profileContent(ring.id);
  const objects = [ring, jwk, profile];
  const request = await worldWith(granting(objects, all, 'Other'), [
    ...objects,
    memberContent(ring, 1, 'ACTIVE'),
  ]);
  for (const path of ['key-rings/tokens', 'jwks/secret']) {
    for (const verb of verbs) expect(await request(`${path}/${verb}`)).toMatchObject(refused);
  }
  expect(await request('token-profiles/orders/tokens')).toMatchObject(refused);
  expect(await request('token-profiles/none/tokens')).toMatchObject(refused);
});

test('a key without a grant and a key that does not exist get the same answer', async () => {
  const [ring, other, jwk] = [ringContent('tokens'), ringContent('other'), octJwk('secret')];
  const members = [memberContent(ring, 1, 'ACTIVE'), memberContent(other, 1, 'ACTIVE')];
  const contents = [ring, other, jwk, profileContent(ring.id), ...members];
  const request = await worldWith(granting([ring], ['SIGN']), contents);
  const paths = (rings: string, jwks: string, profiles: string) => [
    ...verbs.flatMap((verb) => [`key-rings/${rings}/${verb}`, `jwks/${jwks}/${verb}`]),
    `token-profiles/${profiles}/tokens`,
  ];
  const answers = (all: readonly string[]) =>
    Promise.all(all.map(async (path) => ({ ...(await request(path)), headers: undefined })));
  const ofOthers = await answers(paths('other', 'secret', 'orders'));
  expect(ofOthers).toEqual(await answers(paths('none', 'none', 'none')));
  for (const answer of ofOthers) expect(answer).toMatchObject(refused);
});

test('each operation needs its own grant, and none comes with another', async () => {
  const ring = ringContent('tokens');
  const profile = profileContent(ring.id);
  const contents = [ring, profile, memberContent(ring, 1, 'ACTIVE')];
  const opened: Record<string, string[]> = {};
  for (const operation of all) {
    const request = await worldWith(granting([ring, profile], [operation]), contents);
    opened[operation] = [];
    for (const verb of verbs) {
      if ((await request(`key-rings/tokens/${verb}`)).status !== 403) opened[operation].push(verb);
    }
    if ((await request('token-profiles/orders/tokens')).status !== 403) opened[operation].push('tokens');
  }
  expect(opened).toEqual({
    SIGN: ['sign'],
    // It adds to what may be signed, so it signs too.
    SIGN_RAW: ['sign'],
    VERIFY: ['verify'],
    ENCRYPT: ['encrypt'],
    DECRYPT: ['decrypt'],
    MAC: ['mac/verify'],
    ISSUE: ['tokens'],
  });
});

test('a MAC of a ring needs SIGN_RAW too, and one of a JWK does not', async () => {
  const ring = ringContent('tokens');
  const jwk = octJwk('secret');
  const contents = [ring, jwk, memberContent(ring, 1, 'ACTIVE')];
  const data = { dataBase64: 'AAAA' };
  const withMac = await worldWith(granting([ring, jwk], ['MAC']), contents);
  expect(await withMac('key-rings/tokens/mac', data)).toMatchObject(refused);
  expect((await withMac('jwks/secret/mac', data)).status).not.toBe(403);
  const withBoth = await worldWith(granting([ring, jwk], ['MAC', 'SIGN_RAW']), contents);
  expect((await withBoth('key-rings/tokens/mac', data)).status).not.toBe(403);
});

test('another spelling of a path opens nothing more', async () => {
  const ring = ringContent('tokens');
  const other = ringContent('other');
  const contents = [ring, other, memberContent(ring, 1, 'ACTIVE'), memberContent(other, 1, 'ACTIVE')];
  const request = await worldWith(granting([ring], ['SIGN']), contents);
  expect((await request('key-rings/%74okens/sign', { claims: {} })).status).toBe(200);
  const paths = [
    'key-rings/tokens%2fsign',
    'key-rings/tokens/%2e%2e/other/sign',
    'key-rings/other/sign',
    'key-rings/tokens.1/sign',
    'jwks/tokens.1/sign',
    'jwks/tokens/sign',
    'key-rings/__proto__/sign',
    'key-rings/tokens/__proto__',
    'key-rings/tokens/mac/constructor',
  ];
  for (const path of paths) {
    const { status } = await request(path, { claims: {} });
    expect([path, [403, 404].includes(status)]).toEqual([path, true]);
  }
});
