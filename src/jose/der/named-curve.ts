import { readOid } from '../../asn1/der.ts';
import { type Asn1Element, Asn1Error, asn1Tag } from '../../asn1/element.ts';
import { ecCurves } from '../soundness/ec-curves.ts';
import { UnknownOidError } from './unsupported-key-error.ts';

/** Its own class, because a file with such a key can be converted. */
export class ExplicitCurveError extends Asn1Error {}

/** @throws Asn1Error for an unknown one, and for explicit parameters: they can describe a forged twin of a known curve (CVE-2020-0601) */
export function readNamedCurve(parameters: Asn1Element | undefined): string {
  if (parameters?.tag === asn1Tag.sequence) {
    throw new ExplicitCurveError(
      'its curve is given by explicit parameters, a named curve is required (RFC 5480 §2.1.1)',
    );
  }
  const oid = readOid(parameters, 'named curve');
  for (const [crv, curve] of ecCurves) if (curve.oid === oid) return crv;
  throw new UnknownOidError(oid);
}
