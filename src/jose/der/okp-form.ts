// OKP keys in DER (RFC 8410): the octets of the public key in SPKI, a CurvePrivateKey in PKCS#8.

import { okpCurves, okpPublicText } from '../soundness/soundness-okp.ts';
import { DerError, expectOctets, readDer } from './der.ts';
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
      throw new DerError(`its private value has the wrong length for ${crv} (RFC 8410 §7)`);
    const x = publicKey?.toString('base64url') ?? okpPublicText(crv, d);
    return { crv, x, d: d.toString('base64url') };
  },
};
