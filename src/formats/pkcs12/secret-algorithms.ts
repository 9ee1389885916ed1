// What Java calls the algorithms of the secret keys it keeps, by the identifier it writes for them.

const names: ReadonlyMap<string, string> = new Map([
  ['2.16.840.1.101.3.4.1', 'AES'],
  ['1.3.14.3.2.7', 'DES'],
  ['1.2.840.113549.3.7', 'DESede'],
  ['1.3.14.3.2.17', 'DESede'],
  ['1.2.840.113549.3.2', 'RC2'],
  ['1.2.840.113549.3.4', 'ARCFOUR'],
  ['1.2.840.113549.1.5.3', 'PBEWithMD5AndDES'],
  ['1.2.840.113549.2.7', 'HmacSHA1'],
  ['1.2.840.113549.2.8', 'HmacSHA224'],
  ['1.2.840.113549.2.9', 'HmacSHA256'],
  ['1.2.840.113549.2.10', 'HmacSHA384'],
  ['1.2.840.113549.2.11', 'HmacSHA512'],
  ['1.2.840.113549.2.12', 'HmacSHA512/224'],
  ['1.2.840.113549.2.13', 'HmacSHA512/256'],
  ['2.16.840.1.101.3.4.2.13', 'HmacSHA3-224'],
  ['2.16.840.1.101.3.4.2.14', 'HmacSHA3-256'],
  ['2.16.840.1.101.3.4.2.15', 'HmacSHA3-384'],
  ['2.16.840.1.101.3.4.2.16', 'HmacSHA3-512'],
]);

/** The identifier itself where Java has no name for it either. */
export function secretAlgorithmName(oid: string): string {
  return names.get(oid) ?? oid;
}

/** The reverse; an identifier is returned as it is. */
export function secretAlgorithmOid(name: string): string {
  return [...names].find(([, known]) => known === name)?.[0] ?? name;
}
