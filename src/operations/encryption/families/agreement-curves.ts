// Curves for ECDH (RFC 7518 §6.2.1.1, RFC 8037 §3.2).

interface CurveRow {
  readonly kty: 'EC' | 'OKP';
  /** Of a coordinate. */
  readonly octets: number;
  /** OpenSSL has fast arithmetic for it. */
  readonly isFast: boolean;
}

const rows = {
  'P-256': { kty: 'EC', octets: 32, isFast: true },
  'P-384': { kty: 'EC', octets: 48, isFast: false },
  'P-521': { kty: 'EC', octets: 66, isFast: false },
  X25519: { kty: 'OKP', octets: 32, isFast: true },
  X448: { kty: 'OKP', octets: 56, isFast: true },
} as const satisfies Readonly<Record<string, CurveRow>>;

export type AgreementCurve = keyof typeof rows;

export function agreementCurve(name: AgreementCurve): CurveRow {
  return rows[name];
}

export function isAgreementCurve(name: unknown): name is AgreementCurve {
  return typeof name === 'string' && Object.hasOwn(rows, name);
}
