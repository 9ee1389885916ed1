// What a view includes and excludes: keys by name in requests and by id where it is stored, so that a key that is
// deleted and created again is another one.

import { badRequest, type KeyplaneError } from '../errors.ts';
import { algorithmHint } from '../jose/algorithm-hint.ts';
import { spelledAlgorithm } from '../jose/algorithm-spelling.ts';
import { algorithmsFor } from '../jose/algorithms.ts';
import { isSymmetric, keyTypes, publicKeyTypeNames } from '../jose/key-types.ts';
import { useTypes } from '../jose/use-type.ts';
import { lookupName, requireNoMember, shownText } from '../names.ts';
import type { Selection, View } from './view.ts';

/** An absent list is no criterion. */
export interface SelectionRequest {
  readonly keyTypes?: readonly string[] | undefined;
  readonly algorithms?: readonly string[] | undefined;
  readonly uses?: readonly string[] | undefined;
  readonly keyRingNames?: readonly string[] | undefined;
  readonly jwkNames?: readonly string[] | undefined;
}

interface NamedKey {
  readonly id: string;
  readonly name: string;
  /** As the API names it. */
  readonly type: string;
}

interface NamedKeys<Key extends NamedKey> {
  find(projectId: string, name: string): Promise<Key | undefined>;
  getMany(ids: readonly string[]): Promise<readonly Key[]>;
}

/** What views read of keys. */
export interface SelectedKeyStores {
  readonly rings: NamedKeys<NamedKey>;
  readonly jwks: NamedKeys<NamedKey & { readonly member?: { readonly ringId: string } }>;
}

const mostItems = 200;

const publishedAlgorithms: readonly string[] = Object.freeze([
  ...new Set(
    keyTypes
      .filter((kty) => !isSymmetric({ kty }))
      .flatMap((keyType) => useTypes.flatMap((useType) => algorithmsFor({ keyType, useType }))),
  ),
]);

/** `SIGNATURE` is how the rest of the API calls `sig`. */
const usesByName: ReadonlyMap<string, 'sig' | 'enc'> = new Map([
  ['sig', 'sig'],
  ['enc', 'enc'],
  ['SIGNATURE', 'sig'],
  ['ENCRYPTION', 'enc'],
]);

export interface ResolvedSelection {
  /** Null where it has no criterion. */
  readonly selection: Selection | null;
  /** Public texts: names of secret keys, which are in no JWK Set. */
  readonly warnings: readonly string[];
}

/**
 * @param member of the request that holds it: `include` or `exclude`
 * @throws KeyplaneError `bad_request`
 */
export async function resolveSelection(
  stores: SelectedKeyStores,
  projectId: string,
  { request, member }: { readonly request: SelectionRequest; readonly member: 'include' | 'exclude' },
): Promise<ResolvedSelection> {
  const { keyTypes: types, algorithms, uses, keyRingNames, jwkNames } = request;
  const at = (list: string) => `${member}.${list}`;
  const rings =
    keyRingNames &&
    (await findAll(stores, projectId, { names: keyRingNames, member: at('keyRingNames'), find: findRing }));
  const jwks =
    jwkNames &&
    (await findAll(stores, projectId, { names: jwkNames, member: at('jwkNames'), find: findJwk }));
  const selection: Selection = {
    ...(types && { keyTypes: readList(types, at('keyTypes'), readKeyType) }),
    ...(algorithms && { algorithms: readList(algorithms, at('algorithms'), readAlgorithm) }),
    ...(uses && { uses: readList(uses, at('uses'), readUse) }),
    ...(rings && { keyRingIds: rings.map(({ id }) => id) }),
    ...(jwks && { jwkIds: jwks.map(({ id }) => id) }),
  };
  return {
    selection: Object.keys(selection).length === 0 ? null : selection,
    warnings: [
      ...secretsAmong(rings ?? []).map((name) => `Key ring (name: ${name}) ${isSecret}`),
      ...secretsAmong(jwks ?? []).map((name) => `JWK (name: ${name}) ${isSecret}`),
    ],
  };
}

const isSecret = 'is in no JWK Set: its keys are secret';

function secretsAmong(keys: readonly NamedKey[]): readonly string[] {
  return keys
    .filter(({ type }) => !publicKeyTypeNames.some((known) => known === type))
    .map(({ name }) => name);
}

function readList<Item>(
  given: readonly string[],
  member: string,
  read: (text: string, member: string) => Item,
): readonly Item[] {
  requireItems(given, member);
  return [...new Set(given.map((text, index) => read(text, `${member}[${index}]`)))];
}

type FindKey = (
  stores: SelectedKeyStores,
  projectId: string,
  given: { readonly name: string; readonly member: string },
) => Promise<NamedKey>;

async function findAll(
  stores: SelectedKeyStores,
  projectId: string,
  {
    names,
    member,
    find,
  }: { readonly names: readonly string[]; readonly member: string; readonly find: FindKey },
): Promise<readonly NamedKey[]> {
  requireItems(names, member);
  const found = new Map<string, NamedKey>();
  for (const [index, name] of names.entries()) {
    const key = await find(stores, projectId, { name, member: `${member}[${index}]` });
    found.set(key.id, key);
  }
  return [...found.values()];
}

function requireItems(given: readonly string[], member: string): void {
  if (given.length === 0) {
    throw notValid(`${member} has no items! Leave it out, or name at least one.`, member);
  }
  if (given.length > mostItems) throw notValid(`${member} has more than ${mostItems} items!`, member);
}

function readKeyType(text: string, member: string): string {
  const type = publicKeyTypeNames.find((known) => known === text);
  if (type !== undefined) return type;
  throw notValid(
    `Key type (${shownText(text)}) is not valid! Valid values: ${publicKeyTypeNames.join(', ')}`,
    member,
  );
}

function readAlgorithm(text: string, member: string): string {
  const algorithm = spelledAlgorithm(text);
  if (publishedAlgorithms.includes(algorithm)) return algorithm;
  throw badRequest(
    `Algorithm (${shownText(text)}) is not valid!${algorithmHint(text)} Valid values: ${publishedAlgorithms.join(', ')}`,
    { reason: 'ALGORITHM_NOT_VALID', member },
  );
}

function readUse(text: string, member: string): 'sig' | 'enc' {
  const use = usesByName.get(text);
  if (use !== undefined) return use;
  throw notValid(`Use (${shownText(text)}) is not valid! Valid values: sig, enc`, member);
}

const findRing: FindKey = async ({ rings }, projectId, { name, member }) => {
  const ring = await rings.find(projectId, lookupName(name));
  if (ring) return ring;
  throw notFound(`Key ring (name: ${shownText(name)})`, member);
};

const findJwk: FindKey = async ({ jwks, rings }, projectId, { name, member }) => {
  const jwk = await jwks.find(projectId, lookupName(name));
  if (!jwk) throw notFound(`JWK (name: ${shownText(name)})`, member);
  // A key of a ring would leave the set when it retires, and its successors would not enter it. A view names the ring.
  await requireNoMember({ rings }, jwk, member);
  return jwk;
};

function notValid(text: string, member: string): KeyplaneError {
  return badRequest(text, { reason: 'FIELD_NOT_VALID', member });
}

function notFound(what: string, member: string): KeyplaneError {
  return badRequest(`${what} is not found!`, { reason: 'NOT_FOUND', member });
}

/** A selection with the names that its keys have now. */
export interface NamedSelection {
  readonly keyTypes?: readonly string[];
  readonly algorithms?: readonly string[];
  readonly uses?: readonly ('sig' | 'enc')[];
  readonly keyRingNames?: readonly string[];
  readonly jwkNames?: readonly string[];
}

export interface NamedSelections {
  readonly include: NamedSelection | null;
  readonly exclude: NamedSelection | null;
}

/** By view id. */
export async function nameSelections(
  { rings, jwks }: SelectedKeyStores,
  views: readonly View[],
): Promise<ReadonlyMap<string, NamedSelections>> {
  const selections = views
    .flatMap(({ include, exclude }) => [include, exclude])
    .filter((one) => one !== null);
  const ringNames = namesById(await rings.getMany(unique(selections.flatMap((one) => one.keyRingIds ?? []))));
  const jwkNames = namesById(await jwks.getMany(unique(selections.flatMap((one) => one.jwkIds ?? []))));
  const named = ({ keyRingIds, jwkIds, ...rest }: Selection): NamedSelection => ({
    ...rest,
    ...(keyRingIds && { keyRingNames: namesOf(keyRingIds, ringNames) }),
    ...(jwkIds && { jwkNames: namesOf(jwkIds, jwkNames) }),
  });
  return new Map(
    views.map(({ id, include, exclude }) => [
      id,
      { include: include && named(include), exclude: exclude && named(exclude) },
    ]),
  );
}

function namesOf(ids: readonly string[], names: ReadonlyMap<string, string>): readonly string[] {
  return ids.map((id) => names.get(id)).filter((name) => name !== undefined);
}

function namesById(keys: readonly NamedKey[]): ReadonlyMap<string, string> {
  return new Map(keys.map(({ id, name }) => [id, name]));
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
