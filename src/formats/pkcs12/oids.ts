// Object identifiers of PKCS#12 files (RFC 7292, RFC 8018), for the reader and the writer.

/** RFC 2315. */
export const contentType = Object.freeze({
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  envelopedData: '1.2.840.113549.1.7.3',
  encryptedData: '1.2.840.113549.1.7.6',
});

/** RFC 7292, appendix D. */
export const bagType = Object.freeze({
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
  secret: '1.2.840.113549.1.12.10.1.5',
  safeContents: '1.2.840.113549.1.12.10.1.6',
});
export const x509CertificateOid = '1.2.840.113549.1.9.22.1';

export const bagAttribute = Object.freeze({
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  /** Java's mark of a certificate that is trusted for itself; its value lists purposes. */
  trustedKeyUsage: '2.16.840.1.113894.746875.1.1',
});
/** RFC 5280 §4.2.1.12. */
export const anyPurposeOid = '2.5.29.37.0';

export const pbes2Oid = '1.2.840.113549.1.5.13';
export const pbkdf2Oid = '1.2.840.113549.1.5.12';
