import { badRequest, isKeyplaneError } from '../errors.ts';
import {
  checkAlgorithmFits,
  checkRestriction,
  joseAlgorithm,
  useTypeOfAlgorithm,
} from '../jose/algorithms.ts';
import { type ImportedJwk, importJwk, importJwkWithWarnings } from '../jose/import-jwk.ts';
import type { JsonObject } from '../jose/json.ts';
import type { PrivateJwk } from '../jose/jwk.ts';
import { shown } from '../jose/shown.ts';
import { thumbprint } from '../jose/thumbprint.ts';
import { useToUseType, useTypeToUse } from '../jose/use-type.ts';
import type { RequestedUsage, SourcedKey } from '../sources/jwk-source.ts';

type Usage = Pick<PrivateJwk, 'use' | 'alg'>;

/**
 * The JWK that is stored, out of what a source found: sound, with the algorithm and use that were asked for,
 * and always with a kid.
 * @throws KeyplaneError `bad_request` for a key that is not sound or that the algorithm does not fit
 */
export async function jwkFromSource(sourced: SourcedKey): Promise<ImportedJwk> {
  const { jwk, warnings } = await importJwkWithWarnings(sourced.raw);
  const usage = usageOf(jwk, sourced);
  const kid = sourced.kid ?? jwk.kid ?? sourced.fallbackKid ?? thumbprint(jwk);
  if (jwk.kid === kid && usage.use === jwk.use && usage.alg === jwk.alg) return { jwk, warnings };
  const named = { ...jwk, ...usage, kid } as unknown as JsonObject;
  // Once more with what was added: a kid, use or algorithm from outside passes the same checks as the key's own.
  return { jwk: await importAgain(named, sourced), warnings };
}

async function importAgain(
  named: JsonObject,
  { requiredUsage, requestedUsage }: SourcedKey,
): Promise<PrivateJwk> {
  try {
    return await importJwk(named, { soundnessChecked: true });
  } catch (error) {
    // The key agreed with itself before, so it is the request that contradicts it.
    if (!isKeyplaneError(error) || error.reason !== 'KEY_INCONSISTENT') throw error;
    const member = (requiredUsage ?? requestedUsage)?.useType === undefined ? 'algorithm' : 'useType';
    throw badRequest(error.message, { reason: 'ALGORITHM_NOT_VALID', member });
  }
}

/** Use and algorithm: as demanded, or its own, or as wished for where it has none. */
function usageOf(jwk: PrivateJwk, { requiredUsage, requestedUsage, restriction }: SourcedKey): Usage {
  if (requiredUsage) {
    checkAlgorithmFits(jwk, requiredUsage.useType, requiredUsage.algorithm);
    if (restriction !== undefined) checkRestriction(restriction, requiredUsage.algorithm);
    return { use: useTypeToUse(requiredUsage.useType), alg: joseAlgorithm(requiredUsage.algorithm) };
  }
  const { use, alg } = { ...own(jwk), ...fromRequest(jwk, requestedUsage ?? {}) };
  return { ...(use !== undefined && { use }), ...(alg !== undefined && { alg }) };
}

function own({ use, alg }: PrivateJwk): Usage {
  return { ...(use !== undefined && { use }), ...(alg !== undefined && { alg }) };
}

function fromRequest(jwk: PrivateJwk, { useType, algorithm }: RequestedUsage): Usage {
  return {
    ...(useType !== undefined && { use: useFromRequest(jwk, useType) }),
    ...(algorithm !== undefined && { alg: algorithmFromRequest(jwk, { useType, algorithm }) }),
  };
}

function useFromRequest(jwk: PrivateJwk, useType: NonNullable<RequestedUsage['useType']>): 'sig' | 'enc' {
  const use = useTypeToUse(useType);
  const ownUseType = jwk.alg === undefined ? undefined : useTypeOfAlgorithm(jwk.alg);
  const contradicted =
    jwk.use !== undefined && jwk.use !== use
      ? `use (${jwk.use})`
      : ownUseType !== undefined && ownUseType !== useType && `alg (${jwk.alg})`;
  if (contradicted === false) return use;
  throw badRequest(`Use type (${useType}) contradicts ${contradicted} of the key! Leave useType out`, {
    reason: 'ALGORITHM_NOT_VALID',
    member: 'useType',
  });
}

function algorithmFromRequest(
  jwk: PrivateJwk,
  { useType, algorithm }: { useType: RequestedUsage['useType']; algorithm: string },
): string {
  const alg = joseAlgorithm(algorithm);
  if (jwk.alg !== undefined) {
    if (jwk.alg === alg) return alg;
    throw badRequest(
      `Algorithm (${shown(algorithm)}) contradicts alg (${jwk.alg}) of the key! Leave algorithm out`,
      { reason: 'ALGORITHM_NOT_VALID', member: 'algorithm' },
    );
  }
  const ownUseType = jwk.use === undefined ? undefined : useToUseType(jwk.use);
  checkAlgorithmFits(jwk, useType ?? ownUseType ?? useTypeOfAlgorithm(alg) ?? 'SIGNATURE', algorithm);
  return alg;
}

/**
 * Whether the kid is a default, an alias or a thumbprint, and neither the key's own nor one that was asked for.
 * The key of a URL is found again by its kid, which therefore stays as it is.
 */
export function hasDefaultKid({ kid, raw, sourceUrl }: SourcedKey): boolean {
  return kid === undefined && (raw.kid ?? '') === '' && sourceUrl === null;
}
