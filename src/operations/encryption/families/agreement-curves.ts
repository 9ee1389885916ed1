// Curves for ECDH (RFC 7518 §6.2.1.1, RFC 8037 §3.2).

interface CurveRow {
  /** A point has two coordinates; otherwise it has `x` alone. */
  readonly hasY: boolean;
  /** Of a coordinate. */
  readonly octets: number;
  /** OpenSSL has fast arithmetic for it. */
  readonly isFast: boolean;
}

const rows = {
  'P-256': { hasY: true, octets: 32, isFast: true },
  'P-384': { hasY: true, octets: 48, isFast: false },
  'P-521': { hasY: true, octets: 66, isFast: false },
  X25519: { hasY: false, octets: 32, isFast: true },
  X448: { hasY: false, octets: 56, isFast: true },
} as const satisfies Readonly<Record<string, CurveRow>>;

export type AgreementCurve = keyof typeof rows;

export function agreementCurve(name: AgreementCurve): CurveRow {
  return rows[name];
}

export function isAgreementCurve(name: unknown): name is AgreementCurve {
  return typeof name === 'string' && Object.hasOwn(rows, name);
}
