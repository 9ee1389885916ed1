// Issuers of JWTs that applications are known by.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import * as jose from 'jose';
import type { DeployedJwtCredential } from '../../../src/protocol/content.ts';

export interface TestIssuer {
  readonly issuer: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  readonly privateJwk: Readonly<Record<string, unknown>>;
  credential(members?: Partial<DeployedJwtCredential>): DeployedJwtCredential;
  /** Valid for five minutes, unless `claims` say otherwise. A claim that is undefined is left out. */
  jwt(
    claims?: Readonly<Record<string, unknown>>,
    header?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
}

export function testIssuer(issuer = 'https://issuer.example', kid = 'issuer-1'): TestIssuer {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256' };
  return {
    issuer,
    publicJwk,
    privateJwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256' },
    credential: (members = {}) => ({
      type: 'JWT',
      issuer,
      audience: 'keyplane',
      subject: 'system:serviceaccount:shop:*',
      claims: {},
      singleUse: false,
      keys: [publicJwk],
      ...members,
    }),
    jwt(claims = {}, header = {}) {
      return new jose.SignJWT(claimsOf(issuer, claims))
        .setProtectedHeader({ alg: 'ES256', kid, ...header })
        .sign(privateKey);
    },
  };
}

export function claimsOf(issuer: string, claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: issuer,
    sub: 'system:serviceaccount:shop:checkout',
    aud: 'keyplane',
    iat: now,
    exp: now + 300,
    jti: randomUUID(),
    ...claims,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
