// OKP keys in DER (RFC 8410): the octets of the public key in SPKI, a CurvePrivateKey in PKCS#8.

import { expectOctets, readDer } from '../../asn1/der.ts';
import { Asn1Error } from '../../asn1/element.ts';
import { okpCurves, okpPublicText } from '../soundness/soundness-okp.ts';
import type { DerForm } from './der-form.ts';

export const okpForm: DerForm = {
  supported: [...okpCurves.keys()],
  readAlgorithm(oid) {
    for (const [crv, curve] of okpCurves) if (curve.oid === oid) return { crv };
    return undefined;
  },
  readPublicKey(key, { crv = '' }) {
    return { crv, x: key.toString('base64url') };
  },
  readPrivateKey(secret, { crv = '' }, publicKey) {
    const d = expectOctets(readDer(secret), 'private key').content;
    if (d.length !== okpCurves.get(crv)?.octets)
      throw new Asn1Error(`its private value has the wrong length for ${crv} (RFC 8410 §7)`);
    const x = publicKey?.toString('base64url') ?? okpPublicText(crv, d);
    return { crv, x, d: d.toString('base64url') };
  },
};
