// Whether the time of a failed decryption says what failed: two kinds of JWE that differ in what is secret, in random order, by
// Welch's t-test. Above 4.5 the two can be distinguished (the limit of ISO/IEC 17825).

import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import type { PrivateJwk } from '../../src/jose/jwk.ts';
import { secureRandomness } from '../../src/node/operations/secure-randomness.ts';
import { contentEncryption } from '../../src/operations/encryption/content-encryptions.ts';
import { decryptJwe } from '../../src/operations/encryption/decrypt-jwe.ts';
import { type EncryptionKey, encryptionKey } from '../../src/operations/encryption/encryption-key.ts';
import type { BenchRow } from '../bench-row.ts';

const limit = 4.5;
const samplesOfEach = 4_000;
/** Of the slowest: other work of the machine. */
const cutShare = 0.1;
const enc = 'A128CBC-HS256';
const cekOctets = 32;
const modulusOctets = 256;

export async function run(): Promise<BenchRow[]> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const members = privateKey.export({ format: 'jwk' });
  const of = (alg: string) => {
    const jwk = { ...members, alg, use: 'enc', kid: 'bench' } as unknown as PrivateJwk;
    const key = encryptionKey(jwk, { allowRsa15: true });
    if (key === undefined) throw new Error(`${alg} is no algorithm of the key`);
    return { alg, key, members };
  };
  return [
    await compare('RSA1_5', of('RSA1_5'), [paddedPkcs1(0x02), paddedPkcs1(0x01)]),
    await compare('RSA-OAEP-256', of('RSA-OAEP-256'), [oaep(true), oaep(false)]),
  ];
}

/** Encrypts a content encryption key that is not that of the content. */
type WrongKey = (members: JsonWebKey) => Buffer;

function paddedPkcs1(type: number): WrongKey {
  return (members) => {
    const padding = randomBytes(modulusOctets - 3 - cekOctets).map((octet) => octet || 1);
    const encoded = Buffer.concat([
      Buffer.from([0, type]),
      padding,
      Buffer.from([0]),
      randomBytes(cekOctets),
    ]);
    return raw(members, encoded);
  };
}

function oaep(isSound: boolean): WrongKey {
  return (members) => {
    if (!isSound) return raw(members, Buffer.concat([Buffer.from([0]), randomBytes(modulusOctets - 1)]));
    const key = createPublicKey({ key: members, format: 'jwk' });
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return publicEncrypt({ key, padding, oaepHash: 'sha256' }, randomBytes(cekOctets));
  };
}

function raw(members: JsonWebKey, encoded: Buffer): Buffer {
  const key = createPublicKey({ key: members, format: 'jwk' });
  return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
}

interface Attacked {
  readonly alg: string;
  readonly key: EncryptionKey;
  readonly members: JsonWebKey;
}

async function compare(
  name: string,
  { alg, key, members }: Attacked,
  kinds: readonly [WrongKey, WrongKey],
): Promise<BenchRow> {
  const times: readonly [number[], number[]] = [[], []];
  const header = Buffer.from(JSON.stringify({ alg, enc, kid: 'bench' })).toString('base64url');
  for (let sample = 0; sample < 2 * samplesOfEach + 200; sample += 1) {
    const kind = randomBytes(1).readUInt8() % 2 === 0 ? 0 : 1;
    const jwe = forged(header, kinds[kind](members));
    const startedNs = process.hrtime.bigint();
    await decryptJwe(
      { find: () => key, inTurn: (_, job) => job(), randomness: secureRandomness },
      { jwe },
    ).catch(() => undefined);
    const tookNs = Number(process.hrtime.bigint() - startedNs);
    // The first ones are slower: their code is not compiled yet.
    if (sample >= 200) times[kind].push(tookNs);
  }
  const t = Math.abs(welch(withoutSlowest(times[0]), withoutSlowest(times[1])));
  return {
    name: `failed decryption with ${name}: right against wrong padding, Welch's t`,
    ours: t.toFixed(2),
    yardstick: limit.toFixed(1),
    ratio: t / limit,
    goal: { atMost: 1 },
    note: `${(2 * samplesOfEach).toLocaleString('en')} decryptions`,
  };
}

function forged(header: string, encryptedKey: Buffer): string {
  const content = contentEncryption(enc);
  const iv = randomBytes(content.ivOctets);
  const sealed = content.encrypt(
    { cek: randomBytes(cekOctets), iv, aad: Buffer.from(header) },
    randomBytes(64),
  );
  const parts = [encryptedKey, iv, sealed.ciphertext, sealed.tag];
  return [header, ...parts.map((part) => part.toString('base64url'))].join('.');
}

function withoutSlowest(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b).slice(0, Math.floor(values.length * (1 - cutShare)));
}

function welch(one: readonly number[], other: readonly number[]): number {
  const [a, b] = [one, other].map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return { mean, share: variance / values.length };
  });
  if (a === undefined || b === undefined) return Number.NaN;
  return (a.mean - b.mean) / Math.sqrt(a.share + b.share);
}
