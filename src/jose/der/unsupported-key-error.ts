import { Asn1Error } from '../../asn1/element.ts';

/** The structure is sound, but it holds a key of an algorithm or curve that no JOSE key has. */
export class UnsupportedKeyError extends Asn1Error {
  /** It is a key on a curve that OpenSSL knows by name. */
  readonly isOnKnownCurve: boolean;

  constructor(message: string, { isOnKnownCurve = false } = {}) {
    super(message);
    this.isOnKnownCurve = isOnKnownCurve;
  }
}

/** An algorithm or curve that no key type reads. */
export class UnknownOidError extends Asn1Error {
  readonly oid: string;

  constructor(oid: string) {
    super(`it is of the algorithm or curve ${oid}`);
    this.oid = oid;
  }
}
