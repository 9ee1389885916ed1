import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type {
  DeployedCertificate,
  DeployedContent,
  DeployedJwk,
  DeployedKey,
  DeployedKeystore,
} from '../../../src/protocol/content.ts';

interface JwkParts {
  readonly project?: string;
  readonly name: string;
  readonly jwk?: Readonly<Record<string, unknown>>;
  readonly expires?: number;
  readonly notBefore?: number;
}

export function ecJwk({ project = 'MyProject', name, jwk, expires, notBefore }: JwkParts): DeployedJwk {
  return {
    kind: 'jwk',
    id: randomUUID(),
    project,
    name,
    jwk: jwk ?? { ...privateEcKey(), kid: `kid-${name}`, use: 'sig', alg: 'ES256' },
    notBefore: notBefore ?? null,
    expires: expires ?? null,
  };
}

export function octJwk(name: string): DeployedJwk {
  return ecJwk({ name, jwk: { kty: 'oct', k: randomBytes(32).toString('base64url'), kid: name } });
}

export function privateEcKey(): Record<string, unknown> {
  return { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }) };
}

export function keystore(name: string): DeployedKeystore {
  return {
    kind: 'keystore',
    id: randomUUID(),
    project: 'MyProject',
    name,
    keystoreType: 'PKCS12',
    alias: 'my-alias',
    file: randomBytes(600).toString('base64'),
    password: `password-${randomBytes(12).toString('hex')}`,
    keyPassword: `key-password-${randomBytes(12).toString('hex')}`,
  };
}

export function secretKey(name: string): DeployedKey {
  return {
    kind: 'key',
    id: randomUUID(),
    project: 'MyProject',
    name,
    keyType: 'SECRET_KEY',
    algorithm: 'AES',
    alias: null,
    content: randomBytes(32).toString('base64'),
  };
}

export function certificate(name: string, project = 'MyProject'): DeployedCertificate {
  return {
    kind: 'certificate',
    id: randomUUID(),
    project,
    name,
    alias: name,
    chain: [randomBytes(64).toString('base64')],
  };
}

export function publicMembers(content: DeployedContent): Record<string, unknown> {
  if (content.kind !== 'jwk') throw new Error('only a JWK has public members');
  const { d: _private, k: _secret, priv: _seed, ...members } = content.jwk;
  return members;
}
