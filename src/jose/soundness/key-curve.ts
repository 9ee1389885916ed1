import type { UseType } from '../use-type.ts';

/** The parameters of any curve of a key type. */
export interface KeyCurve {
  /** Octets of a private key, and of a coordinate or a public key. */
  readonly octets: number;
  /** Of its field: the size of a key that users read. */
  readonly bits: number;
  readonly oid: string;
  /** Where it serves one use alone. */
  readonly onlyFor?: UseType;
}

/** By `crv`. */
export type CurveTable = ReadonlyMap<string, KeyCurve>;
