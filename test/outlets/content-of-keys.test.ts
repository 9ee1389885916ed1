import { createPrivateKey, createPublicKey, hash, X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { thumbprint } from '../../src/jose/thumbprint.ts';
import { type Artifact, artifactDigest } from '../../src/outlets/content/artifact.ts';
import { artifactFingerprint, makeArtifact } from '../../src/outlets/content/make-artifact.ts';
import { CertificateFolder, privateJwkOf } from '../support/issued-certificates.ts';
import { contentInput, contentKey, pairNames, privateJwk, secretJwk } from './support/content-keys.ts';

const certificates = new CertificateFolder();
afterAll(() => certificates.remove());

function fileOf(artifact: Artifact): Buffer {
  if (artifact.form !== 'FILE') throw new Error('it is a folder');
  return artifact.bytes;
}
const namesIn = (artifact: Artifact) => (artifact.form === 'FOLDER' ? [...artifact.files.keys()].sort() : []);
function inFolder(artifact: Artifact, name: string): string {
  const found = artifact.form === 'FOLDER' ? artifact.files.get(name) : undefined;
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found.toString('utf8');
}
const keysOf = (artifact: Artifact) =>
  JSON.parse(fileOf(artifact).toString('utf8')).keys as { kid: string; d?: string; k?: string }[];

const next = contentKey(privateJwk('P-256', { kid: 'next' }), { state: 'NEXT' });
const active = contentKey(privateJwk('P-256', { kid: 'active' }), { state: 'ACTIVE', isCurrent: true });
const secret = contentKey(secretJwk({ kid: 'secret' }));

describe('JWKS', () => {
  test('holds public members only, the ACTIVE key first, and no OCT key', async () => {
    const keys = keysOf(await makeArtifact('JWKS', contentInput([secret, next, active])));
    expect(keys.map(({ kid }) => kid)).toEqual(['active', 'next']);
    expect(keys.filter(({ d, k }) => d ?? k)).toEqual([]);
  });

  test('holds two JWKs that are alike once', async () => {
    const keys = keysOf(await makeArtifact('JWKS', contentInput([next, { ...next, name: 'other' }])));
    expect(keys).toHaveLength(1);
  });
});

test('JWKS_PRIVATE holds all members, also those of OCT keys, the ACTIVE key first', async () => {
  const keys = keysOf(await makeArtifact('JWKS_PRIVATE', contentInput([secret, next, active])));
  expect(keys).toEqual([active.jwk, secret.jwk, next.jwk]);
});

describe('a folder of PEM files', () => {
  test('has a file for each kid, and current.pem for the key in use', async () => {
    const folder = await makeArtifact('PEM_PUBLIC', contentInput([next, active, secret]));
    expect(namesIn(folder)).toEqual(['active.pem', 'current.pem', 'next.pem']);
    expect(inFolder(folder, 'current.pem')).toBe(inFolder(folder, 'active.pem'));
    const read = createPublicKey(inFolder(folder, 'current.pem')).export({ format: 'jwk' });
    expect(active.jwk).toMatchObject(read);
    expect(inFolder(folder, 'next.pem')).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
  });

  test.each(pairNames)('holds a private %s key as PKCS#8', async (pair) => {
    const jwk = privateJwk(pair, { kid: 'k' });
    const folder = await makeArtifact('PEM_PRIVATE', contentInput([contentKey(jwk, { isCurrent: true })]));
    const pem = inFolder(folder, 'current.pem');
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(jwk).toMatchObject(createPrivateKey(pem).export({ format: 'jwk' }));
  });

  test('has no private file for a key whose private part is elsewhere', async () => {
    const { d: _private, ...publicOnly } = next.jwk as unknown as Record<string, unknown>;
    const known = contentKey(publicOnly as never, { state: 'NEXT' });
    const folder = await makeArtifact('PEM_PRIVATE', contentInput([known, active]));
    expect(namesIn(folder)).toEqual(['active.pem', 'current.pem']);
    const current = { ...known, name: 'ring.2', isCurrent: true };
    await expect(makeArtifact('PEM_PRIVATE', contentInput([current]))).rejects.toThrow(
      'JWK (name: ring.2) has no private key!',
    );
  });

  test('has the chain behind a private key, and by itself, leaf first', async () => {
    const root = certificates.issue({ subject: 'root', extensions: 'basicConstraints=CA:TRUE' });
    const leaf = certificates.issue({ subject: 'leaf', issuer: root });
    const jwk = { ...privateJwkOf(leaf), kid: 'tls', x5c: [leaf.x5c, root.x5c] } as never;
    const input = contentInput([contentKey(jwk, { isCurrent: true })]);
    const chain = inFolder(await makeArtifact('PEM_CERTIFICATE', input), 'current.pem');
    expect(new X509Certificate(chain).subject).toBe('CN=leaf');
    expect(chain).toBe(leaf.pem + root.pem);
    const combined = inFolder(await makeArtifact('PEM_PRIVATE', input), 'tls.pem');
    expect(combined.endsWith(`-----END PRIVATE KEY-----\n${chain}`)).toBe(true);
    expect(new X509Certificate(chain).checkPrivateKey(createPrivateKey(combined))).toBe(true);
  });

  test('holds a certificate of the project under its name', async () => {
    const ca = certificates.issue({ subject: 'ca' });
    const input = contentInput([], { certificates: [{ name: 'my-ca', chain: [ca.x5c] }] });
    const folder = await makeArtifact('PEM_CERTIFICATE', input);
    expect(namesIn(folder)).toEqual(['current.pem', 'my-ca.pem']);
    expect(inFolder(folder, 'my-ca.pem')).toBe(ca.pem);
  });

  test.each(['PEM_CERTIFICATE', 'PEM_PUBLIC', 'PEM_PRIVATE'] as const)(
    'is not made as %s where the key in use has nothing to write',
    async (content) => {
      const oct = contentKey(secretJwk(), { name: 'mac', isCurrent: true });
      await expect(makeArtifact(content, contentInput([oct]))).rejects.toThrow(
        /^JWK \(name: mac\) is an OCT key, which has no /,
      );
    },
  );

  test.each([
    '../escape',
    'a/b',
    '.',
    '..',
    '.hidden',
    'current',
    'Current',
    'a b',
    'ключ',
    '',
    'x'.repeat(200),
    'a\0b',
  ])('names a key by its thumbprint where its kid is %j', async (kid) => {
    const jwk = privateJwk('P-256', { kid });
    const folder = await makeArtifact('PEM_PUBLIC', contentInput([contentKey(jwk)]));
    expect(namesIn(folder)).toEqual([`${thumbprint(jwk)}.pem`]);
  });

  test('gives no key the name of another: not by case, and not by a kid that is the thumbprint of another', async () => {
    const [upper, lower, plain] = ['Key', 'key', '../x'].map((kid) => privateJwk('P-256', { kid }));
    if (!upper || !lower || !plain) throw new Error('three keys');
    const thief = privateJwk('P-256', { kid: thumbprint(plain) });
    const all = [thief, upper, lower, plain].map((jwk) => contentKey(jwk));
    const folder = await makeArtifact('PEM_PUBLIC', contentInput(all));
    const names = ['Key', thumbprint(lower), thumbprint(plain), thumbprint(thief)];
    expect(namesIn(folder)).toEqual(names.map((name) => `${name}.pem`).sort());
    const read = createPublicKey(inFolder(folder, `${thumbprint(plain)}.pem`)).export({ format: 'jwk' });
    expect(plain).toMatchObject(read);
  });

  test('has the digest of what sha256sum prints of its files', async () => {
    const folder = await makeArtifact('PEM_PUBLIC', contentInput([next, active]));
    const line = (name: string) => `${hash('sha256', inFolder(folder, name))}  ${name}\n`;
    expect(artifactDigest(folder)).toBe(
      hash('sha256', line('active.pem') + line('current.pem') + line('next.pem')),
    );
  });
});

describe('the fingerprint of what a file is made of', () => {
  const key = Buffer.alloc(32, 7);
  const input = contentInput([active, next], { password: 'changeit' });
  const same = artifactFingerprint('PKCS12', input, key);

  test('stays the same where the bytes of a PKCS#12 file do not', async () => {
    const [first, second] = [await makeArtifact('PKCS12', input), await makeArtifact('PKCS12', input)];
    expect(artifactDigest(first)).not.toBe(artifactDigest(second));
    expect(artifactFingerprint('PKCS12', contentInput([active, next], { password: 'changeit' }), key)).toBe(
      same,
    );
  });

  test.each([
    ['a key', contentInput([active], { password: 'changeit' })],
    ['the state of a key', contentInput([{ ...active, state: 'RETIRING' }, next], { password: 'changeit' })],
    ['the password', contentInput([active, next], { password: 'changed' })],
    ['a certificate', { ...input, certificates: [{ name: 'ca', chain: ['MAA='] }] }],
  ])('changes with %s', (_what, other) => {
    expect(artifactFingerprint('PKCS12', other, key)).not.toBe(same);
  });

  test('cannot be computed without the key of the node', () => {
    expect(artifactFingerprint('PKCS12', input, Buffer.alloc(32, 8))).not.toBe(same);
  });
});
