// Ways in: each source file turns what a request names into one raw JWK. A new way in is one file here and one
// line in `sources.ts`. A source refuses missing fields by name and never decides whether a key is sound.

import { badRequest } from '../errors.ts';
import type { KeystoreEntry, KeystoreListing } from '../formats/keystore.ts';
import type { KeyRestriction } from '../jose/der/rsa-pss.ts';
import type { JsonObject } from '../jose/json.ts';
import { type UseType, useTypes } from '../jose/use-type.ts';
import { shownText } from '../names.ts';
import type { CryptoKeyType } from '../protocol/content.ts';
import type { Inspected } from './inspected-key.ts';
import type { FetchedDocument } from './safe-fetch/safe-fetch.ts';
import { type SourceField, sourceField, type WholeField } from './source-fields.ts';

/** Every member that any source has; each source says which ones it uses. */
export type SourceRequest = {
  readonly [Field in SourceField]?: (Field extends WholeField ? number : string) | undefined;
};

/** What a source returned, before soundness is checked. */
export interface SourcedKey {
  readonly raw: JsonObject;
  /** Used when the key has no kid; the thumbprint is the last resort. */
  readonly fallbackKid?: string;
  /** Set over the key's own. */
  readonly kid?: string;
  readonly requiredUsage?: { readonly useType: UseType; readonly algorithm: string };
  /** Used where the key has no use or alg; rejected where they contradict it. */
  readonly requestedUsage?: RequestedUsage;
  /** The only algorithms that the key's own encoding permits (an RSA-PSS key). */
  readonly restriction?: KeyRestriction;
  readonly notBeforeTime: Date | null;
  readonly expirationTime: Date | null;
  /** Id of the certificate, key or keystore. */
  readonly sourceId: string | null;
  readonly sourceUrl: string | null;
  /** Of the response of a URL, to ask it conditionally the next time. */
  readonly validators?: { readonly etag: string | null; readonly lastModified: string | null };
}

/** Members of a request that the key itself may also have. */
export interface RequestedUsage {
  readonly useType?: UseType | undefined;
  readonly algorithm?: string | undefined;
}

export interface KeyMaterial {
  readonly id: string;
  readonly keyType: CryptoKeyType;
  readonly content: string;
}

/** What sources need of the world. Each throws the public message for what is not there. */
export interface SourceContext {
  fetchDocument(
    url: string,
    limits: { connectTimeoutMs: number; readTimeoutMs: number; sizeLimitBytes: number },
    conditions: { readonly etag?: string; readonly lastModified?: string },
  ): Promise<FetchedDocument>;
  certificate(
    name: string,
    environmentName: string,
  ): Promise<{ readonly id: string; readonly chain: readonly Buffer[] }>;
  key(name: string, environmentName: string): Promise<KeyMaterial>;
  keystoreListing(name: string, environmentName: string): Promise<readonly KeystoreListing[]>;
  keystoreEntry(
    name: string,
    environmentName: string,
    aliasName: string,
  ): Promise<{ readonly id: string; readonly entry: KeystoreEntry }>;
}

export interface JwkSource {
  /** What a form or a list calls it. */
  readonly label: string;
  /** Members of the request that belong to this source; the rest are ignored. */
  readonly fields: readonly SourceField[];
  /** The member with the location of the key: an error of the key is reported for this member. */
  readonly keyMember: SourceField;
  /** Those of them without which nothing can be read. */
  readonly required: readonly SourceField[];
  /** What its `kid` member does, where it does not select a key of a JWK Set. */
  readonly kidDescription?: string;
  /** Its key may lack use and algorithm: the values of the request are stored with the JWK. */
  readonly keepsUsage?: true;
  /** It reads nothing but the request itself. */
  readonly needsNoIo?: true;
  /** Missing and malformed fields, before anything else is looked up. @throws KeyplaneError `bad_request` */
  checkFields(request: SourceRequest): void;
  read(request: SourceRequest, context: SourceContext): Promise<SourcedKey>;
  /** Its keys, for a user to choose from. @throws KeyplaneError `bad_request`, also for missing fields */
  inspect(request: SourceRequest, context: SourceContext): Promise<Inspected>;
}

/** `URL is required for URL source type!` and its likes, in the order of `fields`. */
export function requireFields(
  request: SourceRequest,
  sourceType: string,
  fields: readonly SourceField[],
): void {
  for (const field of fields) {
    const value = request[field];
    if (value === undefined || (typeof value === 'string' && value.trim() === '')) {
      throw badRequest(`${sourceField(field).word ?? field} is required for ${sourceType} source type!`, {
        reason: 'FIELD_REQUIRED',
        member: field,
      });
    }
  }
}

/** The kid that was asked for; an empty one is none. */
export function requestedKid({ kid }: SourceRequest): string | undefined {
  return kid === undefined || kid.trim() === '' ? undefined : kid;
}

/** Use type and algorithm, which sources without a JWK require. */
export function readRequiredUsage(request: SourceRequest): { useType: UseType; algorithm: string } {
  return { useType: checkUseType(request.useType ?? ''), algorithm: request.algorithm ?? '' };
}

/** The same for sources of JWKs, which may have these members; an empty member counts as left out. */
export function readRequestedUsage({
  useType = '',
  algorithm = '',
}: Pick<SourceRequest, 'useType' | 'algorithm'>): RequestedUsage {
  return {
    ...(useType.trim() !== '' && { useType: checkUseType(useType) }),
    ...(algorithm.trim() !== '' && { algorithm }),
  };
}

/** @throws KeyplaneError `bad_request` */
function checkUseType(given: string): UseType {
  const useType = useTypes.find((known) => known === given);
  if (useType) return useType;
  throw badRequest(`Use type (${shownText(given)}) is not valid! Valid values: ${useTypes.join(', ')}`, {
    reason: 'FIELD_NOT_VALID',
    member: 'useType',
  });
}
