import type { ErrorReason } from '../../error-reasons.ts';
import { isKeyplaneError } from '../../errors.ts';
import { isDeprecated } from '../../jose/algorithms.ts';
import { readCertificateDer } from '../../jose/certificate.ts';
import { type ImportedJwk, importJwkWithWarnings } from '../../jose/import-jwk.ts';
import type { JsonObject } from '../../jose/json.ts';
import type { PrivateJwk } from '../../jose/jwk.ts';
import { hasPrivatePart, isSymmetric } from '../../jose/key-types.ts';
import { type Finding, mistake, refusal, warning } from './finding.ts';
import { validityFindings } from './validity.ts';

export interface KeyPlace {
  readonly where: string;
  /**
   * `set`: one of a JWK Set; `url`: what anybody can fetch; `alone`: a key by itself; `material`: that a
   * JWK can be made of.
   */
  readonly published: 'alone' | 'material' | 'set' | 'url';
  readonly now: Date;
}

/** One key, by the very import that a manager puts it through. */
export async function lintKey(raw: JsonObject, place: KeyPlace): Promise<readonly Finding[]> {
  let imported: ImportedJwk;
  try {
    imported = await importJwkWithWarnings(raw);
  } catch (error) {
    return [refusal(error, place.where, remedyFor(error))];
  }
  const { jwk, warnings } = imported;
  return [
    ...warnings.map((text) => warning(place.where, text, whereItComesFrom)),
    ...privateFindings(jwk, place),
    ...memberFindings(raw, jwk, place),
    ...certificateFindings(jwk, place),
  ];
}

const whereItComesFrom = 'A manager takes the key all the same; correct it where it comes from';
const correctMember = 'Correct the member where the key comes from (RFC 7517 §4, RFC 7518 §6)';
const makeAgree = 'Make the two agree, or leave out the one that is wrong';

/** By what was wrong; any other reason is about how a member is written. */
const remedies: Partial<Record<ErrorReason, string>> = Object.freeze({
  KEY_NOT_SOUND: 'Generate a new key; what this one signed or encrypted cannot be relied on',
  KEY_NOT_SUPPORTED: 'Use a key of a type and curve that JOSE has and keyplane takes',
  KEY_INCONSISTENT: makeAgree,
  ALGORITHM_NOT_VALID: makeAgree,
});

function remedyFor(error: unknown): string {
  return (isKeyplaneError(error) ? remedies[error.reason] : undefined) ?? correctMember;
}

function privateFindings(jwk: PrivateJwk, { where, published }: KeyPlace): readonly Finding[] {
  if (published === 'alone' || published === 'material' || !hasPrivatePart(jwk)) return [];
  const what = isSymmetric(jwk) ? 'It is a secret key' : 'It holds private members';
  if (published === 'url') {
    return [
      mistake(
        where,
        `${what} and anybody can fetch it`,
        'Take it off the URL now, and replace the key: it is known',
      ),
    ];
  }
  return [
    warning(
      where,
      `${what}, in a JWK Set`,
      'Publish the public members only (keyplane jwk export NAME --public)',
    ),
  ];
}

function memberFindings(
  raw: JsonObject,
  jwk: PrivateJwk,
  { where, published }: KeyPlace,
): readonly Finding[] {
  const found: Finding[] = [];
  // Material has neither by its nature: a JWK that is made of it is given both.
  const isMaterial = published === 'material';
  if (jwk.kid === undefined && !isMaterial) {
    const reason = published === 'alone' ? '' : ': who verifies can not tell which key is meant';
    found.push(warning(where, `It has no kid${reason}`, 'Give it one, such as its thumbprint (RFC 7638)'));
  }
  if (jwk.alg === undefined) {
    const problem = 'It has no alg: who uses it has to guess the algorithm, or takes it from the token';
    const remedy = 'Name the one algorithm that it is for (RFC 8725 §3.1)';
    if (!isMaterial) found.push(warning(where, problem, remedy));
  } else if (isDeprecated(jwk.alg)) {
    found.push(
      warning(
        where,
        `alg ${jwk.alg} is deprecated`,
        'Use RSA-OAEP-256 or a later one (RFC 7518 §4.1, RFC 8725 §3.2)',
      ),
    );
  }
  if ((raw.x5u ?? '') !== '') {
    found.push(
      warning(where, 'x5u is left out by a manager and never fetched', 'Carry the certificates in x5c'),
    );
  }
  return found;
}

function certificateFindings(jwk: PrivateJwk, { where, now }: KeyPlace): readonly Finding[] {
  const [leaf] = jwk.x5c ?? [];
  return leaf === undefined
    ? []
    : validityFindings(where, readCertificateDer(Buffer.from(leaf, 'base64')), now);
}
