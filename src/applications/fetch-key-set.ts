import { badRequest, isKeyplaneError } from '../errors.ts';
import { signatureAlgorithmsOf } from '../jose/algorithms.ts';
import { importJwkWithWarnings } from '../jose/import-jwk.ts';
import { isJsonObject, type JsonValue } from '../jose/json.ts';
import type { PublicJwk } from '../jose/jwk.ts';
import { publicJwk } from '../jose/public-part.ts';
import type { SourceContext } from '../sources/jwk-source.ts';
import { listKeysFrom } from '../sources/select-key.ts';
import { fetchLimitsOf, urlAnswer } from '../sources/url.ts';
import type { IssuerKey, KeySetRefresh } from './issuer-key-set.ts';

/** Runs `work` with what may fetch source URLs. What it fetched counts as in memory until `work` has ended. */
export type WithFetches = <T>(
  projectId: string,
  work: (context: Pick<SourceContext, 'fetchDocument'>) => Promise<T>,
) => Promise<T>;

export interface FetchedKeySet {
  readonly keys: readonly IssuerKey[];
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Each JWT credential that names the URI has a copy of the keys in what nodes get. */
const largestKeySet = 64 * 1024;

/**
 * The public keys of a set that can verify signatures; what cannot is passed over (RFC 7517 §5).
 * @param former undefined for an unconditional request
 * @returns undefined where nothing changed
 * @throws KeyplaneError `bad_request` where the set cannot be read, has no such key, or too many
 */
export async function fetchKeySet(
  context: Pick<SourceContext, 'fetchDocument'>,
  jwksUri: string,
  former?: KeySetRefresh,
): Promise<FetchedKeySet | undefined> {
  const conditions = former ? conditionsOf(former) : {};
  const answer = await context.fetchDocument(jwksUri, fetchLimitsOf({}), conditions);
  if (answer.notModified) return undefined;
  const listed = await listKeysFrom({ content: answer.body, what: urlAnswer });
  const keys: IssuerKey[] = [];
  for (const raw of listed.keys) {
    const key = await verifyingKey(raw);
    if (key) keys.push(key);
  }
  if (keys.length === 0) {
    throw badRequest(`${urlAnswer} has no public key that verifies signatures!`, { reason: 'KEY_NOT_FOUND' });
  }
  if (Buffer.byteLength(JSON.stringify(keys)) > largestKeySet) {
    throw badRequest(`${urlAnswer} has keys of more than 64 KiB that verify signatures!`, {
      reason: 'FIELD_NOT_VALID',
    });
  }
  return { keys, etag: answer.etag ?? null, lastModified: answer.lastModified ?? null };
}

/** Only a set that was read successfully is requested conditionally: "not modified" never confirms a failed response. */
function conditionsOf({ state, etag, lastModified }: KeySetRefresh) {
  if (state !== 'FRESH') return {};
  return { ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) };
}

async function verifyingKey(raw: JsonValue): Promise<IssuerKey | undefined> {
  if (!isJsonObject(raw)) return undefined;
  try {
    // As bundles of SPIFFE have it (JWT-SVID §4.2). Any other `use` than sig and enc is refused by the import.
    const { jwk } = await importJwkWithWarnings(raw.use === 'jwt-svid' ? { ...raw, use: 'sig' } : raw);
    const key = publicJwk(jwk);
    if (key === undefined || !canVerify(key)) return undefined;
    // Its public half may have no operations left.
    if (jwk.key_ops !== undefined && key.key_ops?.includes('verify') !== true) return undefined;
    const { x5c: _chain, ...kept } = key;
    return kept;
  } catch (error) {
    if (isKeyplaneError(error) && error.status < 500) return undefined;
    throw error;
  }
}

function canVerify(key: PublicJwk): boolean {
  return (
    key.use !== 'enc' && signatureAlgorithmsOf(key).some((name) => key.alg === undefined || name === key.alg)
  );
}
