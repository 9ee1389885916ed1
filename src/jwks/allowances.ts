// What a JWK may be used for in operations beside the ordinary. A request names each, since each is a risk: RSA1_5 has a
// padding oracle, compression a bomb, and PBES2 a price that the sender names.

import { badRequest } from '../errors.ts';
import { useTypeOfAlgorithm } from '../jose/algorithms.ts';
import type { JwkMetadata } from '../jose/jwk.ts';
import type { KeyAllowances } from '../protocol/content.ts';
import type { SourceReference } from './jwk-store.ts';

export interface AllowanceRequest {
  readonly allowRsa15?: boolean | undefined;
  readonly allowCompressed?: boolean | undefined;
  /** Null: the default again. */
  readonly maxIterationCount?: number | null | undefined;
}

const [fewestIterations, mostIterations] = [1_000, 10_000_000];

type Key = Pick<JwkMetadata, 'alg' | 'use'> & { readonly kty: string };

/**
 * What a request makes of the allowances. What it does not name stays as it was, where it fits the key.
 * @param source of a generated password: how it is to be used
 * @returns undefined where there are none
 * @throws KeyplaneError `bad_request` for one that does not fit the key
 */
export function readAllowances(
  request: AllowanceRequest,
  {
    key,
    source,
    before = {},
  }: { readonly key: Key; readonly source: SourceReference; readonly before?: KeyAllowances | undefined },
): KeyAllowances | undefined {
  const own = { ...(isPassword(key) && passwordUse(source)) };
  if (request.allowRsa15 === true && !isRsa15(key)) throw notFitting('allowRsa15', 'algorithm RSA1_5');
  if (request.allowCompressed === true && !mayDecrypt(key)) {
    throw notFitting('allowCompressed', 'use type ENCRYPTION');
  }
  const most = request.maxIterationCount;
  if (typeof most === 'number') {
    if (!isPassword(key)) throw notFitting('maxIterationCount', 'a PBES2 algorithm');
    const least = Math.max(fewestIterations, own.iterationCount ?? 0);
    if (most < least || most > mostIterations) {
      throw badRequest(
        `maxIterationCount (${most}) is not valid! It takes a whole number from ${least} to ${mostIterations}`,
        { reason: 'FIELD_NOT_VALID', member: 'maxIterationCount' },
      );
    }
  }
  const rsa15 = request.allowRsa15 ?? (before.allowRsa15 === true && isRsa15(key));
  const compressed = request.allowCompressed ?? (before.allowCompressed === true && mayDecrypt(key));
  const maxIterationCount = most === undefined && isPassword(key) ? before.maxIterationCount : most;
  const allowances: KeyAllowances = {
    ...(rsa15 && { allowRsa15: true as const }),
    ...(compressed && { allowCompressed: true as const }),
    ...(typeof maxIterationCount === 'number' && { maxIterationCount }),
    ...own,
  };
  return Object.keys(allowances).length === 0 ? undefined : allowances;
}

/** How a generated password is to be used (RFC 7518 §4.8.1). */
export function passwordUse({
  passwordIterationCount: iterationCount,
  passwordSaltLength: saltOctets,
}: SourceReference): Pick<KeyAllowances, 'iterationCount' | 'saltOctets'> {
  return {
    ...(iterationCount !== undefined && { iterationCount }),
    ...(saltOctets !== undefined && { saltOctets }),
  };
}

function isPassword({ alg }: Key): boolean {
  return alg?.startsWith('PBES2-') === true;
}

function isRsa15({ kty, alg, use }: Key): boolean {
  return kty === 'RSA' && use !== 'sig' && (alg === undefined || alg === 'RSA1_5');
}

function mayDecrypt({ alg, use }: Key): boolean {
  return use !== 'sig' && (alg === undefined || useTypeOfAlgorithm(alg) !== 'SIGNATURE');
}

function notFitting(member: string, what: string) {
  return badRequest(`${member} is for keys of ${what}!`, { reason: 'FIELD_NOT_VALID', member });
}
