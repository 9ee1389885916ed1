// Closed lists of values, each a named schema of the API's description.

import { z } from 'zod';
import { roles } from '../../access/access-store.ts';
import { environmentTypes } from '../../environments/environment-store.ts';
import { spellingsOf } from '../../jose/algorithm-spelling.ts';
import { algorithmsFor } from '../../jose/algorithms.ts';
import { type KeyType, keyTypeNames, keyTypes } from '../../jose/key-types.ts';
import { useTypes } from '../../jose/use-type.ts';
import { keyIdTypes } from '../../jwks/generate/generate-plan.ts';
import { keystoreTypes } from '../../protocol/content.ts';
import { storedSourceTypes } from '../../sources/sources.ts';
import { named } from './named.ts';

export const role = named('Role', z.enum(roles));
export const environmentType = named('EnvironmentType', z.enum(environmentTypes));
export const jwkType = named('JwkType', z.enum(keyTypeNames));
export const jwkUse = named('JwkUse', z.enum(['sig', 'enc']));
export const useType = named('UseType', z.enum(useTypes));
export const sourceType = named('SourceType', z.enum(storedSourceTypes));
export const keyIdType = named('KeyIdType', z.enum(keyIdTypes));
export const keystoreType = named('KeystoreType', z.enum(keystoreTypes));

/** What may be asked for with a JWK of any type. */
export const algorithm = named('Algorithm', z.enum(unique(keyTypes.flatMap(algorithmsOf))));

/** What may be asked for when a JWK of this type is generated: JOSE names and their spellings as identifiers. */
export function generatedAlgorithm(keyType: KeyType) {
  const names = algorithmsOf(keyType);
  return z.enum(unique([...names, ...names.flatMap(spellingsOf)]));
}

function algorithmsOf(keyType: KeyType): readonly string[] {
  return useTypes.flatMap((use) => algorithmsFor({ keyType, useType: use }));
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

const namePattern = /^[\p{L}\p{N}._-][\p{L}\p{M}\p{N}._-]*$/u;

/** A name, as `checkName` takes it. */
export function nameText(description: string) {
  return z.string().min(1).max(128).regex(namePattern).describe(description);
}
