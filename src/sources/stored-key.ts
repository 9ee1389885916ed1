import type { KeyRestriction } from '../jose/der/rsa-pss.ts';
import type { JsonObject } from '../jose/json.ts';
import { jwkFromKeyContent } from '../jose/key-pem.ts';
import { publicMembersOf } from '../jose/public-part.ts';
import { type Inspected, inspectOne } from './inspected-key.ts';
import {
  type KeyMaterial,
  readRequiredUsage,
  requestedKid,
  requireFields,
  type SourceContext,
  type SourcedKey,
  type SourceRequest,
} from './jwk-source.ts';

export const kidOfMaterial = 'The kid of the JWK; by default the thumbprint';
export const requiredOfStoredKey = ['keyName', 'environmentName', 'useType', 'algorithm'] as const;

/** The fields of both sources that take a stored key. */
export const storedKeyFields = [...requiredOfStoredKey, 'kid'] as const;

export function checkStoredKeyFields(request: SourceRequest, sourceType: string): void {
  requireFields(request, sourceType, requiredOfStoredKey);
  readRequiredUsage(request);
}

export function findStoredKey(request: SourceRequest, context: SourceContext): Promise<KeyMaterial> {
  const { keyName = '', environmentName = '' } = request;
  return context.key(keyName, environmentName);
}

/** A stored secret as an OCT JWK (RFC 7518 §6.4). */
export function octFromSecret({ content }: KeyMaterial): JsonObject {
  return { kty: 'oct', k: Buffer.from(content, 'base64').toString('base64url') };
}

export async function inspectStoredKey(
  request: SourceRequest,
  context: SourceContext,
  sourceType: 'PUBLIC_KEY' | 'PRIVATE_KEY',
): Promise<Inspected> {
  requireFields(request, sourceType, ['keyName', 'environmentName']);
  const material = await findStoredKey(request, context);
  const key = inspectOne(() => {
    if (material.keyType === 'SECRET_KEY') return { raw: octFromSecret(material) };
    const { jwk, restriction } = jwkFromKeyContent(material.content);
    return { raw: sourceType === 'PUBLIC_KEY' ? publicMembersOf(jwk) : jwk, restriction };
  });
  return { keys: [key], total: 1 };
}

/** A JWK out of a stored key; `restriction` is what the key's own encoding permits. */
export function fromStoredKey(
  request: SourceRequest,
  material: KeyMaterial,
  { raw, restriction }: { raw: JsonObject; restriction?: KeyRestriction | undefined },
): SourcedKey {
  const kid = requestedKid(request);
  return {
    raw,
    ...(restriction !== undefined && { restriction }),
    ...(kid !== undefined && { kid }),
    requiredUsage: readRequiredUsage(request),
    notBeforeTime: null,
    expirationTime: null,
    sourceId: material.id,
    sourceUrl: null,
  };
}
