// The public keys of an issuer of JWTs. Each is used with its own algorithm; one without an `alg`, as SPIFFE bundles have
// them, with those that its type and curve have. A secret never counts, because anyone who knows a public key could make a
// MAC with it (RFC 8725 §2.1).

import { signatureAlgorithmsOf } from '../../../jose/algorithms.ts';
import { isKeyType, isSymmetric } from '../../../jose/key-types.ts';
import { joinJwk } from '../../../jose/public-part.ts';
import { type OperationKey, verificationKey } from '../../../operations/operation-key.ts';

type RawJwk = Readonly<Record<string, unknown>>;

/** SPIFFE: JWT-SVID §4.2. */
const signingUses: readonly unknown[] = [undefined, 'sig', 'jwt-svid'];
const leastRsaBits = 2048;

interface IssuerKey {
  readonly kid: unknown;
  readonly algorithms: readonly string[];
  /** By algorithm; null: it cannot be used. */
  readonly opened: Map<string, OperationKey | null>;
  readonly jwk: RawJwk;
}

export class IssuerKeys {
  readonly #keys: readonly IssuerKey[];

  constructor(jwks: readonly RawJwk[]) {
    this.#keys = jwks.filter(mayVerify).map((jwk) => {
      return { kid: jwk.kid, algorithms: acceptedAlgorithms(jwk), opened: new Map(), jwk };
    });
  }

  /**
   * Those that a JWT with this header may be signed with. The header names a key among them and decides nothing else. A JWT
   * without a `kid`, and a key without one, are taken where there is one key alone.
   */
  find(alg: string, kid: string | undefined): readonly OperationKey[] {
    const [only, ...others] = this.#keys;
    const named =
      others.length === 0 && only !== undefined && (kid === undefined || only.kid === undefined)
        ? [only]
        : this.#keys.filter((key) => kid !== undefined && key.kid === kid);
    return named.map((key) => openFor(key, alg)).filter((key) => key !== undefined);
  }
}

function mayVerify({ use, key_ops: operations }: RawJwk): boolean {
  if (!signingUses.includes(use)) return false;
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}

function acceptedAlgorithms({ kty, crv, alg }: RawJwk): readonly string[] {
  if (!isKeyType(kty) || isSymmetric({ kty })) return [];
  const outline = {
    kty,
    ...(typeof crv === 'string' && { crv }),
    ...(typeof alg === 'string' && { alg }),
  };
  return signatureAlgorithmsOf(outline).filter((name) => alg === undefined || name === alg);
}

function openFor(key: IssuerKey, alg: string): OperationKey | undefined {
  if (!key.algorithms.includes(alg)) return undefined;
  const known = key.opened.get(alg);
  if (known !== undefined) return known ?? undefined;
  const opened = open({ ...key.jwk, alg });
  key.opened.set(alg, opened ?? null);
  return opened;
}

function open(jwk: RawJwk): OperationKey | undefined {
  try {
    const key = verificationKey(joinJwk(jwk, {}));
    const bits = key?.key.asymmetricKeyDetails?.modulusLength;
    return bits !== undefined && bits < leastRsaBits ? undefined : key;
  } catch {
    // The set of another party: what is no key of it is passed over.
    return undefined;
  }
}
