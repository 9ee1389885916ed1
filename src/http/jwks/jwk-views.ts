import { durationText } from '../../iso-duration.ts';
import { keyTypeMember } from '../../jose/key-type-name.ts';
import { publicKeySize } from '../../jwks/jwk-facts.ts';
import type { JwkReader, JwkWithRefresh } from '../../jwks/jwk-reader.ts';
import type { StoredJwk } from '../../jwks/jwk-store.ts';
import { instantOrNull, instantText } from '../responses/response-schemas.ts';

/** One row of a list. */
export function jwkListItem({ stored, refresh, ring, lastUsedAt }: JwkWithRefresh) {
  const { name, description, projectId, sourceType, sourceId, sourceUrl, type, use, algorithm } = stored;
  // Only a key that was generated with keyIdType NONE has none.
  const kid = stored.kid === '' ? null : stored.kid;
  const { environmentName, aliasName } = stored.source;
  return {
    name,
    description,
    projectId,
    sourceType,
    sourceId,
    sourceUrl,
    type,
    kid,
    use,
    algorithm,
    ...publicKeySize(stored),
    sourceEnvironmentName: environmentName ?? null,
    sourceAliasName: aliasName ?? null,
    notBeforeTime: instantOrNull(stored.notBeforeTime),
    expirationTime: instantOrNull(stored.expirationTime),
    createdAt: instantText(stored.createdAt),
    updatedAt: instantText(stored.updatedAt),
    ringName: ring?.name ?? null,
    ringState: stored.member?.state ?? null,
    lastUsedAt: instantOrNull(lastUsedAt ?? null),
    ...allowancesOf(stored),
    ...(refresh && {
      refreshInterval: durationText(refresh.intervalMs),
      nextRefreshAt: instantText(refresh.refreshAt),
      sourceState: refresh.state,
      sourceStateSince: instantText(refresh.stateSince),
      sourceStateReason: refresh.stateReason,
    }),
  };
}

function allowancesOf({ operations = {} }: StoredJwk) {
  const { allowRsa15, allowCompressed, maxIterationCount } = operations;
  return {
    ...(allowRsa15 && { allowRsa15 }),
    ...(allowCompressed && { allowCompressed }),
    ...(maxIterationCount !== undefined && { maxIterationCount }),
  };
}

/** A JWK with all its members; the only response that carries private ones. */
export function privateJwkDetail(found: JwkWithRefresh, finder: JwkReader) {
  const { stored } = found;
  const material = { ...finder.privateMaterial(stored), ...passwordParameters(stored) };
  return { ...jwkListItem(found), [keyTypeMember(stored.type)]: material };
}

/** How a generated password is to be used (RFC 7518 §4.8.1). */
function passwordParameters({ source }: StoredJwk) {
  const { passwordSaltLength, passwordIterationCount } = source;
  return passwordSaltLength === undefined ? {} : { passwordSaltLength, passwordIterationCount };
}

export function publicJwkDetail(found: JwkWithRefresh, finder: JwkReader) {
  const { stored } = found;
  return {
    ...jwkListItem(found),
    [keyTypeMember(stored.type)]: { ...finder.publicMaterial(stored), ...passwordParameters(stored) },
  };
}
