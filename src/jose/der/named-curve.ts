import { ecCurves } from '../soundness/ec-curves.ts';
import { type DerElement, DerError, derTag, readOid, UnknownOidError } from './der.ts';

/** Its own class, because a file with such a key can be converted. */
export class ExplicitCurveError extends DerError {}

/** @throws DerError for an unknown one, and for explicit parameters: they can describe a forged twin of a known curve (CVE-2020-0601) */
export function readNamedCurve(parameters: DerElement | undefined): string {
  if (parameters?.tag === derTag.sequence) {
    throw new ExplicitCurveError(
      'its curve is given by explicit parameters, a named curve is required (RFC 5480 §2.1.1)',
    );
  }
  const oid = readOid(parameters, 'named curve');
  for (const [crv, curve] of ecCurves) if (curve.oid === oid) return crv;
  throw new UnknownOidError(oid);
}
