import type { ErrorReason } from '../../error-reasons.ts';
import { isKeyplaneError } from '../../errors.ts';
import { isDeprecated } from '../../jose/algorithms.ts';
import { readCertificateDer } from '../../jose/certificate.ts';
import { type ImportedJwk, importJwkWithWarnings } from '../../jose/import-jwk.ts';
import type { JsonObject } from '../../jose/json.ts';
import type { PrivateJwk } from '../../jose/jwk.ts';
import { hasPrivatePart, isSymmetric } from '../../jose/key-types.ts';
import { errorFinding, type LintFinding, rejection, warning } from './finding.ts';
import { validityFindings } from './validity.ts';

export interface KeyPlace {
  readonly where: string;
  /**
   * `set`: a key of a JWK Set; `url`: a key that anybody can fetch; `alone`: a key by itself; `material`: a certificate,
   * key or keystore.
   */
  readonly published: 'alone' | 'material' | 'set' | 'url';
  readonly now: Date;
}

/** One key, checked by the import of the manager. */
export async function lintKey(raw: JsonObject, place: KeyPlace): Promise<readonly LintFinding[]> {
  let imported: ImportedJwk;
  try {
    imported = await importJwkWithWarnings(raw);
  } catch (error) {
    return [rejection(error, place.where, remedyFor(error))];
  }
  const { jwk, warnings } = imported;
  return [
    ...warnings.map((text) => warning(place.where, text, correctSource)),
    ...privateFindings(jwk, place),
    ...memberFindings(raw, jwk, place),
    ...certificateFindings(jwk, place),
  ];
}

const correctSource = 'The manager accepts the key anyway; correct it at its source';
const correctMember = 'Correct the member at the source of the key (RFC 7517 §4, RFC 7518 §6)';
const makeAgree = 'Make the two agree, or remove the wrong one';

/** By reason; any other reason is about the form of a member. */
const remedies: Partial<Record<ErrorReason, string>> = Object.freeze({
  KEY_NOT_SOUND: 'Generate a new key; signatures and encryption by this one are not secure',
  KEY_NOT_SUPPORTED: 'Use a key type and curve that JOSE defines and keyplane supports',
  KEY_INCONSISTENT: makeAgree,
  ALGORITHM_NOT_VALID: makeAgree,
});

function remedyFor(error: unknown): string {
  return (isKeyplaneError(error) ? remedies[error.reason] : undefined) ?? correctMember;
}

function privateFindings(jwk: PrivateJwk, { where, published }: KeyPlace): readonly LintFinding[] {
  if (published === 'alone' || published === 'material' || !hasPrivatePart(jwk)) return [];
  const what = isSymmetric(jwk) ? 'It is a secret key' : 'It has private members';
  if (published === 'url') {
    return [
      errorFinding(
        where,
        `${what} and anybody can fetch it`,
        'Remove it from the URL now, and replace the key: it is compromised',
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
): readonly LintFinding[] {
  const found: LintFinding[] = [];
  // Material never has them: a JWK that is created from it gets both.
  const isMaterial = published === 'material';
  if (jwk.kid === undefined && !isMaterial) {
    const reason = published === 'alone' ? '' : ': verifiers cannot tell which key to use';
    found.push(warning(where, `It has no kid${reason}`, 'Give it one, such as its thumbprint (RFC 7638)'));
  }
  if (jwk.alg === undefined) {
    const problem = 'It has no alg: users guess the algorithm, or take it from the token';
    const remedy = 'State the one algorithm of the key (RFC 8725 §3.1)';
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
      warning(where, 'The manager ignores x5u and never fetches it', 'Put the certificates into x5c'),
    );
  }
  return found;
}

function certificateFindings(jwk: PrivateJwk, { where, now }: KeyPlace): readonly LintFinding[] {
  const [leaf] = jwk.x5c ?? [];
  return leaf === undefined
    ? []
    : validityFindings(where, readCertificateDer(Buffer.from(leaf, 'base64')), now);
}
