// Names what is no JOSE key: DSA, DH, SM2, post-quantum families but ML-DSA, curves that JOSE does not have.

import { keyTypeInfo, keyTypes } from '../key-types.ts';
import { UnknownOidError, UnsupportedKeyError } from './unsupported-key-error.ts';

const refusedByName: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10040.4.1', 'a DSA key'],
  ['1.2.840.113549.1.3.1', 'a Diffie-Hellman key'],
  ['1.2.840.10046.2.1', 'a Diffie-Hellman key'],
  ['1.2.840.113549.1.1.7', 'an RSAES-OAEP key (RFC 4055 §4)'],
  ['1.3.132.1.12', 'an EC key for ECDH alone (id-ecDH)'],
  ['1.3.132.1.13', 'an EC key for ECMQV alone (id-ecMQV)'],
  ['1.2.840.10045.3.1.1', 'on curve P-192'],
  ['1.3.132.0.33', 'on curve P-224'],
  ['1.2.156.10197.1.301', 'an SM2 key'],
  ...[32, 33, 34].map(
    (arc) =>
      [
        `2.16.840.1.101.3.4.3.${arc}`,
        'an ML-DSA key of the pre-hash variant (HashML-DSA), which JOSE does not have',
      ] as const,
  ),
]);

/** Arcs whose members are all of one family. */
const refusedFamilies: readonly (readonly [string, string])[] = [
  ['2.16.840.1.101.3.4.3.', 'an SLH-DSA key, which JOSE does not have yet'],
  ['2.16.840.1.101.3.4.4.', 'an ML-KEM key, which JOSE does not have yet'],
  // Of the drafts on composite signatures: the arc of PKIX, and that of their earlier versions.
  ['1.3.6.1.5.5.7.6.', 'a composite key, which JOSE does not have yet'],
  ['2.16.840.1.114027.80.', 'a composite key, which JOSE does not have yet'],
  ['1.3.36.3.3.2.8.1.1.', 'on a Brainpool curve'],
];

const supported = keyTypes.flatMap((kty) => keyTypeInfo(kty).der?.supported ?? []);
const supportedKeys = `${supported.slice(0, -1).join(', ')} and ${supported.at(-1)}`;

/** Replaces an error about an unknown OID by one that names the key type and the supported keys. */
export function namingUnsupported<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnknownOidError)) throw error;
    const { oid } = error;
    const family = refusedFamilies.find(([arc]) => oid.startsWith(arc))?.[1];
    const name = refusedByName.get(oid) ?? family ?? `of the algorithm or curve ${oid}`;
    throw new UnsupportedKeyError(`it is ${name}; supported are ${supportedKeys}`, {
      isOnKnownCurve: name.startsWith('on '),
    });
  }
}
