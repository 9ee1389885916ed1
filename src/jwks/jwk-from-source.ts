import { checkAlgorithmFits, checkRestriction, joseAlgorithm } from '../jose/algorithms.ts';
import { importJwk } from '../jose/import-jwk.ts';
import type { JsonObject } from '../jose/json.ts';
import { type PrivateJwk, useTypeToUse } from '../jose/jwk.ts';
import { thumbprint } from '../jose/thumbprint.ts';
import type { SourcedKey } from '../sources/jwk-source.ts';

/**
 * The JWK that is stored, out of what a source found: sound, with the algorithm and use that were asked for,
 * and always with a kid.
 * @throws KeyplaneError `bad_request` for a key that is not sound or that the algorithm does not fit
 */
export async function jwkFromSource(sourced: SourcedKey): Promise<PrivateJwk> {
  const { raw, demand, restriction } = sourced;
  const jwk = await importJwk(raw);
  if (demand) {
    checkAlgorithmFits(jwk, demand.useType, demand.algorithm);
    if (restriction !== undefined) checkRestriction(restriction, demand.algorithm);
  }
  const kid = sourced.kid ?? jwk.kid ?? sourced.fallbackKid ?? thumbprint(jwk);
  const named: Record<string, unknown> = { ...jwk, kid };
  if (demand) {
    named.use = useTypeToUse(demand.useType);
    named.alg = joseAlgorithm(demand.algorithm);
  }
  // Once more with what was added: a kid, use or algorithm from outside passes the same checks as the key's own.
  return demand || jwk.kid !== kid ? importJwk(named as JsonObject, { soundnessChecked: true }) : jwk;
}

/**
 * Whether the kid is a default, an alias or a thumbprint, and neither the key's own nor one that was asked for.
 * The key of a URL is found again by its kid, which therefore stays as it is.
 */
export function hasDefaultKid({ kid, raw, sourceUrl }: SourcedKey): boolean {
  return kid === undefined && raw.kid === undefined && sourceUrl === null;
}
