import { z } from 'zod';
import { keyTypeName } from '../../../jose/key-type-name.ts';
import { keyTypes } from '../../../jose/key-types.ts';
import { alternatives } from '../../../jose/shown.ts';
import type { KeystoreAlias } from '../../../materials/keystore-contents.ts';
import { named } from '../../openapi/named.ts';
import { instant, instantOrNull } from '../../responses/response-schemas.ts';

export const keystoreAliasItem = named(
  'KeystoreEntry',
  z.object({
    alias: z.string(),
    kind: z.enum(['PRIVATE_KEY', 'TRUSTED_CERTIFICATE', 'SECRET_KEY']),
    locked: z.boolean().describe('The key password does not open it'),
    problem: z
      .string()
      .nullable()
      .describe('Why no JWK can be made of it; null where nothing is known against it'),
    certificates: z.number().int(),
    algorithm: z.string().nullable().describe('Of a secret key, its name in Java'),
    type: z
      .string()
      .nullable()
      .describe(`${alternatives(keyTypes.map(keyTypeName))}, if it can be determined`),
    curve: z.string().nullable(),
    size: z.number().int().nullable().describe('Bits'),
    subjectDn: z.string().nullable(),
    notBefore: instant.nullable(),
    notAfter: instant.nullable(),
  }),
);

export function keystoreAliasView({ notBefore, notAfter, ...alias }: KeystoreAlias) {
  return { ...alias, notBefore: instantOrNull(notBefore), notAfter: instantOrNull(notAfter) };
}
