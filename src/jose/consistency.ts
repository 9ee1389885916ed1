// Second of the three checks of an import: the members of a JWK must not contradict the key or each other. Rejects an
// alg that does not fit the key, a use or key_ops that contradict it, certificates of another key, and private material
// in place of a certificate.

import { sniffDer } from '../asn1/sniff-der.ts';
import { badRequest, isKeyplaneError, type KeyplaneError } from '../errors.ts';
import { checkOwnAlgorithm, checkRestriction } from './algorithms.ts';
import { type CertificateInfo, chainFault, cutWarning, readCertificateDer, sameKey } from './certificate.ts';
import type { X509KeyUsage } from './der/key-usage.ts';
import type { PrivateJwk } from './jwk.ts';
import { isSymmetric, keyTypeInfo } from './key-types.ts';
import { decodeBase64, decodeBase64url } from './members/base64url.ts';
import { checkKeyOperations } from './members/key-operations.ts';
import { type UseType, useToUseType } from './use-type.ts';

export interface ConsistentJwk {
  readonly jwk: PrivateJwk;
  /** Public texts: how much of its certificate chain was left out, and why. */
  readonly warnings: readonly string[];
}

function inconsistent(text: string): KeyplaneError {
  return badRequest(text, { reason: 'KEY_INCONSISTENT' });
}

/**
 * @returns the JWK with its chain of certificates as far as it hangs together
 * @throws KeyplaneError bad_request that names the two that contradict each other
 */
export function checkConsistency(jwk: PrivateJwk): ConsistentJwk {
  const own = jwk.alg === undefined ? undefined : checkOwnAlgorithm(jwk, jwk.alg);
  const used = jwk.use === undefined ? undefined : useToUseType(jwk.use);
  const operated = checkKeyOperations(jwk);
  if (own !== undefined && used !== undefined && own !== used) {
    throw inconsistent(
      `use (${jwk.use}) contradicts alg (${jwk.alg}), which is for use ${own === 'SIGNATURE' ? 'sig' : 'enc'}`,
    );
  }
  if (operated !== undefined && used !== undefined && operated !== used) {
    throw inconsistent(`key_ops (${jwk.key_ops?.join(', ')}) contradicts use (${jwk.use}) (RFC 7517 §4.3)`);
  }
  if (operated !== undefined && own !== undefined && operated !== own) {
    throw inconsistent(`key_ops (${jwk.key_ops?.join(', ')}) contradicts alg (${jwk.alg})`);
  }
  checkUseOfCurve(jwk, used ?? operated);
  return checkCertificates(jwk, used ?? operated);
}

/**
 * A Montgomery curve cannot sign, an Edwards curve cannot agree on keys (RFC 8037 §2), secp256k1 only signs (RFC 8812
 * §3.1).
 */
function checkUseOfCurve(jwk: PrivateJwk, useType: ReturnType<typeof checkKeyOperations>): void {
  const crv = 'crv' in jwk ? jwk.crv : undefined;
  const onlyFor = crv === undefined ? undefined : keyTypeInfo(jwk.kty).curves?.table.get(crv)?.onlyFor;
  if (useType === undefined || onlyFor === undefined || useType === onlyFor) return;
  const said = jwk.use === undefined ? 'key_ops' : `use (${jwk.use})`;
  const purpose = onlyFor === 'SIGNATURE' ? 'signatures' : 'encryption';
  throw inconsistent(`${said} contradicts the key: curve ${crv} is for ${purpose} only`);
}

function checkCertificates(jwk: PrivateJwk, useType: UseType | undefined): ConsistentJwk {
  if (isSymmetric(jwk) && (jwk.x5c ?? jwk.x5t ?? jwk['x5t#S256']) !== undefined) {
    const kind = keyTypeInfo(jwk.kty).name;
    throw inconsistent(
      `x5c, x5t and x5t#S256 contradict the key: a certificate never certifies an ${kind} key`,
    );
  }
  const [leaf, ...issuers] = (jwk.x5c ?? []).map(readChainEntry);
  const certificate = leaf && readCertificateDer(leaf, 'x5c[0]');
  checkFingerprint(jwk.x5t, certificate?.x5t, { member: 'x5t', octets: 20 });
  checkFingerprint(jwk['x5t#S256'], certificate?.x5tS256, { member: 'x5t#S256', octets: 32 });
  if (certificate === undefined) return { jwk, warnings: [] };
  if (!sameKey(certificate.publicKey, jwk)) {
    throw inconsistent('x5c contradicts the key: its first certificate is for another key (RFC 7517 §4.7)');
  }
  const { restriction } = certificate;
  if (restriction !== undefined && jwk.alg !== undefined) checkRestriction(restriction, jwk.alg);
  checkKeyUsage(jwk, certificate, useType);
  return cutChain(jwk, certificate, issuers);
}

const usagesOf: Readonly<Record<UseType, readonly X509KeyUsage[]>> = Object.freeze({
  SIGNATURE: ['digitalSignature', 'nonRepudiation'],
  ENCRYPTION: ['keyEncipherment', 'dataEncipherment', 'keyAgreement'],
});

/** RFC 7517 §4.7: `use` and `key_ops` agree with the key usage that the first certificate states, if it states any. */
function checkKeyUsage(jwk: PrivateJwk, { keyUsage }: CertificateInfo, useType: UseType | undefined): void {
  if (keyUsage === undefined || useType === undefined) return;
  const needed = usagesOf[useType];
  if (needed.some((usage) => keyUsage.includes(usage))) return;
  const said = jwk.use === undefined ? 'key_ops' : `use (${jwk.use})`;
  const stated = keyUsage.length > 0 ? keyUsage.join(', ') : 'none';
  throw inconsistent(
    `${said} contradicts the key usage that the certificate states (${stated})! ${useType} needs ${needed.join(' or ')} (RFC 7517 §4.7)`,
  );
}

/** Only the leaf has to be a certificate of a JOSE key; of what stands behind it, what hangs together is kept. */
function cutChain(jwk: PrivateJwk, leaf: CertificateInfo, issuers: readonly Buffer[]): ConsistentJwk {
  const chain = [leaf];
  for (const der of issuers) {
    const read = readIssuer(der, chain);
    if ('fault' in read) {
      const x5c = jwk.x5c?.slice(0, chain.length) ?? [];
      const warning = cutWarning('x5c', chain.length, issuers.length + 1, read.fault);
      return { jwk: { ...jwk, x5c }, warnings: [warning] };
    }
    chain.push(read.issuer);
  }
  return { jwk, warnings: [] };
}

function readIssuer(
  der: Buffer,
  chain: readonly CertificateInfo[],
): { readonly issuer: CertificateInfo } | { readonly fault: string } {
  try {
    const issuer = readCertificateDer(der, `certificate ${chain.length + 1}`);
    const fault = chainFault(chain, issuer);
    return fault === undefined ? { issuer } : { fault };
  } catch (error) {
    if (!isKeyplaneError(error)) throw error;
    return { fault: error.message };
  }
}

/** RFC 7517 §4.7: base64, not base64url, of one DER certificate. */
function readChainEntry(text: string, index: number): Buffer {
  const what = `x5c[${index}]`;
  if (text.includes('-----BEGIN') && text.includes('PRIVATE KEY')) throw privateMaterial(what);
  if (/-----BEGIN (RSA )?PUBLIC KEY/.test(text)) throw publicKeyInside(what);
  const der = decodeBase64(text);
  if (der === undefined) {
    throw inconsistent(
      `${what} is not base64 of a DER certificate (RFC 7517 §4.7: plain base64 with padding, no PEM lines)`,
    );
  }
  const kind = sniffDer(der);
  if (kind?.isPrivate || der.includes('PRIVATE KEY-----')) throw privateMaterial(what);
  if (kind?.label.endsWith('PUBLIC KEY') || der.includes('PUBLIC KEY-----')) throw publicKeyInside(what);
  if (der.includes('-----BEGIN ')) {
    throw inconsistent(
      `${what} is base64 of PEM! It takes base64 of DER, which is what stands inside the PEM`,
    );
  }
  return der;
}

function publicKeyInside(what: string): Error {
  return inconsistent(
    `${what} is a public key, not a certificate! Leave x5c out, or put the certificate of the key there (RFC 7517 §4.7)`,
  );
}

function privateMaterial(what: string): Error {
  return inconsistent(`${what} holds private key material! x5c is published; only certificates belong there`);
}

function checkFingerprint(
  given: string | undefined,
  actual: string | undefined,
  { member, octets }: { member: string; octets: number },
): void {
  if (given === undefined) return;
  if (decodeBase64url(given).length !== octets) {
    throw inconsistent(
      `${member} must stand for ${octets} bytes, the digest of a certificate (RFC 7517 §4.8, §4.9)`,
    );
  }
  if (actual !== undefined && given !== actual)
    throw inconsistent(`${member} contradicts x5c: it is the digest of another certificate`);
}
