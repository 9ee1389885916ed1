// Object identifiers of the digests and HMACs that keystores name, as node:crypto calls them.

const byDigestOid: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.4', 'sha224'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

const byHmacOid: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
  ['1.2.840.113549.2.12', 'sha512-224'],
  ['1.2.840.113549.2.13', 'sha512-256'],
]);

/** Undefined for one that is not known here. */
export function digestNameOf(oid: string): string | undefined {
  return byDigestOid.get(oid);
}

/** The digest inside an HMAC. */
export function hmacDigestOf(oid: string): string | undefined {
  return byHmacOid.get(oid);
}
