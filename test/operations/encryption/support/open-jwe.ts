import type { JsonObject } from '../../../../src/jose/json.ts';
import type { PrivateJwk } from '../../../../src/jose/jwk.ts';
import { secureRandomness } from '../../../../src/node/operations/secure-randomness.ts';
import { type DecryptedJwe, decryptJwe } from '../../../../src/operations/encryption/decrypt-jwe.ts';
import { encryptJwe, type JweToEncrypt } from '../../../../src/operations/encryption/encrypt-jwe.ts';
import { type EncryptionKey, encryptionKey } from '../../../../src/operations/encryption/encryption-key.ts';
import type { AgreementKey } from '../../../../src/operations/encryption/families/agreement-key.ts';
import type { EncryptionAllowances } from '../../../../src/operations/encryption/key-management.ts';
import type { Randomness } from '../../../../src/operations/encryption/randomness.ts';

/** @throws where the JWK is not for encryption */
export function openKey(jwk: object, allowances?: EncryptionAllowances): EncryptionKey {
  const key = encryptionKey(jwk as PrivateJwk, allowances);
  if (key === undefined) throw new Error('not a key for encryption');
  return key;
}

/** The only key; a JWE may name it or name none. */
export function openJwe(
  key: EncryptionKey,
  jwe: string | JsonObject,
  {
    sender,
    randomness = secureRandomness,
  }: { sender?: AgreementKey | undefined; randomness?: Randomness } = {},
): Promise<DecryptedJwe> {
  const find = (kid: string | undefined) => (kid === undefined || kid === key.kid ? key : undefined);
  return decryptJwe({ find, inTurn: (_key, run) => run(), randomness }, { jwe, sender });
}

/** `enc` is the key's default. */
export function sealJwe(
  key: EncryptionKey,
  plaintext: string | Buffer,
  request: Partial<JweToEncrypt> = {},
  randomness: Randomness = secureRandomness,
): Promise<string | JsonObject> {
  const [preset = 'A256GCM'] = key.encs;
  const given: JweToEncrypt = {
    plaintext: Buffer.from(plaintext as string),
    enc: preset,
    serialization: 'COMPACT',
    ...request,
  };
  return encryptJwe(key, given, randomness);
}

export async function sealCompact(...given: Parameters<typeof sealJwe>): Promise<string> {
  const jwe = await sealJwe(...given);
  if (typeof jwe !== 'string') throw new Error('not compact');
  return jwe;
}

/** The protected header. */
export function headerOf(jwe: string | JsonObject): Record<string, unknown> {
  const text = typeof jwe === 'string' ? (jwe.split('.')[0] ?? '') : String(jwe.protected);
  return JSON.parse(Buffer.from(text, 'base64url').toString());
}

/** The compact JWE with another protected header, whose tag is then wrong. */
export function withHeader(jwe: string, header: object): string {
  const [, ...rest] = jwe.split('.');
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.');
}
