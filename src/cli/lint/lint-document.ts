import { isJsonObject, type JsonObject, type JsonValue } from '../../jose/json.ts';
import { keysOf, selectKey } from '../../jose/key-set.ts';
import { isKeyType, type KeyType, keyTypeInfo, keyTypes } from '../../jose/key-types.ts';
import { shown } from '../../jose/shown.ts';
import { errorFinding, type LintFinding, rejection, warning } from './finding.ts';
import { lintKey } from './lint-key.ts';

/** A JWK or a JWK Set: each of its keys, and kids that occur twice. */
export async function lintDocument(
  document: JsonValue,
  { isUrl, now }: { readonly isUrl: boolean; readonly now: Date },
): Promise<readonly LintFinding[]> {
  let keys: readonly JsonValue[];
  try {
    keys = keysOf(document);
  } catch (error) {
    return [rejection(error, '', 'A JWK has a kty, a JWK Set has an array keys (RFC 7517)')];
  }
  const isSet = isJsonObject(document) && Object.hasOwn(document, 'keys');
  const found: LintFinding[] = [];
  for (const [index, key] of keys.entries()) {
    const where = isSet ? placeOf(key, index) : '';
    const published = isUrl ? 'url' : isSet ? 'set' : 'alone';
    if (!isJsonObject(key)) found.push(errorFinding(where, 'It is not a JWK', 'A JWK is a JSON object'));
    else if (isSet && isUnknownType(key)) found.push(unknownType(where, key));
    else found.push(...(await lintKey(key, { where, published, now })));
  }
  return isSet ? [...found, ...newTypes(keys), ...repeatedKids(document, keys)] : found;
}

function placeOf(key: JsonValue, index: number): string {
  const kid = isJsonObject(key) && typeof key.kid === 'string' ? ` (kid ${shown(key.kid)})` : '';
  return `keys[${index}]${kid}`;
}

function isUnknownType({ kty }: JsonObject): boolean {
  return typeof kty === 'string' && !isKeyType(kty);
}

/** RFC 7517 §5: readers ignore keys that they do not understand, so the other keys stay usable. */
function unknownType(where: string, { kty }: JsonObject): LintFinding {
  return warning(
    where,
    `kty ${shown(String(kty))} is unknown: readers ignore the key`,
    `Known types: ${keyTypes.join(', ')}`,
  );
}

/** Some verifiers reject a whole set for one key of a type that they do not know. */
function newTypes(keys: readonly JsonValue[]): readonly LintFinding[] {
  const types = new Set(keys.flatMap((key) => (isJsonObject(key) && isKeyType(key.kty) ? [key.kty] : [])));
  const isNew = (kty: KeyType) => !keyTypeInfo(kty).isSymmetric && !keyTypeInfo(kty).inSetsByDefault;
  const found = [...types].filter(isNew);
  if (found.length === 0 || found.length === types.size) return [];
  return [
    warning(
      '',
      `The set has keys of type ${found.join(', ')} beside others: some verifiers reject a whole set for it`,
      'Give verifiers that do not know the type a set without it',
    ),
  ];
}

function repeatedKids(document: JsonValue, keys: readonly JsonValue[]): readonly LintFinding[] {
  const kids = keys.flatMap((key) => (isJsonObject(key) && typeof key.kid === 'string' ? [key.kid] : []));
  const repeated = new Set(kids.filter((kid, index) => kids.indexOf(kid) !== index));
  return [...repeated].map((kid) => {
    try {
      selectKey(document, kid);
      return warning('', `kid ${shown(kid)} occurs more than once, for the same key`, 'Remove the duplicate');
    } catch (error) {
      return rejection(error, '', 'Give each key its own kid');
    }
  });
}
