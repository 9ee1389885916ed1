// Second of the three checks of an import: what a JWK says of itself must not contradict the key or itself.
// Refuses an alg the key can not serve, a use or key_ops that say something else, certificates of another key,
// and private material where a certificate belongs.

import { badRequest } from '../errors.ts';
import { checkOwnAlgorithm, checkRestriction } from './algorithms.ts';
import { type CertificateInfo, checkChain, readCertificateDer, sameKey } from './certificate.ts';
import { sniffDer } from './der/sniff-der.ts';
import { type PrivateJwk, useToUseType } from './jwk.ts';
import { decodeBase64, decodeBase64url } from './members/base64url.ts';
import { checkKeyOperations } from './members/key-operations.ts';

/** @throws KeyplaneError bad_request that names the two that contradict each other */
export function checkConsistency(jwk: PrivateJwk): void {
  const own = jwk.alg === undefined ? undefined : checkOwnAlgorithm(jwk, jwk.alg);
  const used = jwk.use === undefined ? undefined : useToUseType(jwk.use);
  const operated = checkKeyOperations(jwk);
  if (own !== undefined && used !== undefined && own !== used) {
    throw badRequest(
      `use (${jwk.use}) contradicts alg (${jwk.alg}), which is for use ${own === 'SIGNATURE' ? 'sig' : 'enc'}`,
    );
  }
  if (operated !== undefined && used !== undefined && operated !== used) {
    throw badRequest(`key_ops (${jwk.key_ops?.join(', ')}) contradicts use (${jwk.use}) (RFC 7517 §4.3)`);
  }
  if (operated !== undefined && own !== undefined && operated !== own) {
    throw badRequest(`key_ops (${jwk.key_ops?.join(', ')}) contradicts alg (${jwk.alg})`);
  }
  checkUseOfCurve(jwk, used ?? operated);
  checkCertificates(jwk);
}

/** A Montgomery curve can not sign, an Edwards curve can not agree on keys (RFC 8037 §2), secp256k1 only signs (RFC 8812 §3.1). */
function checkUseOfCurve(jwk: PrivateJwk, useType: ReturnType<typeof checkKeyOperations>): void {
  if (useType === undefined || (jwk.kty !== 'OKP' && jwk.kty !== 'EC')) return;
  const onlySigns = ['Ed25519', 'Ed448', 'secp256k1'].includes(jwk.crv);
  const onlyEncrypts = ['X25519', 'X448'].includes(jwk.crv);
  if ((useType === 'SIGNATURE' && onlyEncrypts) || (useType === 'ENCRYPTION' && onlySigns)) {
    const said = jwk.use === undefined ? 'key_ops' : `use (${jwk.use})`;
    throw badRequest(
      `${said} contradicts the key: curve ${jwk.crv} is for ${onlySigns ? 'signatures' : 'encryption'} only`,
    );
  }
}

function checkCertificates(jwk: PrivateJwk): void {
  const chain = jwk.x5c?.map(readChainEntry);
  if (jwk.kty === 'oct' && (chain ?? jwk.x5t ?? jwk['x5t#S256']) !== undefined) {
    throw badRequest('x5c, x5t and x5t#S256 contradict the key: a certificate never certifies an OCT key');
  }
  if (chain !== undefined) {
    const [leaf] = chain;
    if (leaf === undefined || !sameKey(leaf.publicKey, jwk)) {
      throw badRequest('x5c contradicts the key: its first certificate is for another key (RFC 7517 §4.7)');
    }
    if (leaf.restriction !== undefined && jwk.alg !== undefined) checkRestriction(leaf.restriction, jwk.alg);
    checkChain(chain, 'x5c');
  }
  checkFingerprint(jwk.x5t, chain?.[0]?.x5t, { member: 'x5t', octets: 20 });
  checkFingerprint(jwk['x5t#S256'], chain?.[0]?.x5tS256, { member: 'x5t#S256', octets: 32 });
}

/** RFC 7517 §4.7: base64, not base64url, of one DER certificate. */
function readChainEntry(text: string, index: number): CertificateInfo {
  const what = `x5c[${index}]`;
  if (text.includes('-----BEGIN') && text.includes('PRIVATE KEY')) throw privateMaterial(what);
  const der = decodeBase64(text);
  if (der === undefined) {
    throw badRequest(
      `${what} is not base64 of a DER certificate (RFC 7517 §4.7: plain base64 with padding, no PEM lines)`,
    );
  }
  const kind = sniffDer(der);
  if (kind?.isPrivate || der.includes('PRIVATE KEY-----')) throw privateMaterial(what);
  return readCertificateDer(der, what);
}

function privateMaterial(what: string): Error {
  return badRequest(`${what} holds private key material! x5c is published; only certificates belong there`);
}

function checkFingerprint(
  given: string | undefined,
  actual: string | undefined,
  { member, octets }: { member: string; octets: number },
): void {
  if (given === undefined) return;
  if (decodeBase64url(given).length !== octets) {
    throw badRequest(
      `${member} must stand for ${octets} bytes, the digest of a certificate (RFC 7517 §4.8, §4.9)`,
    );
  }
  if (actual !== undefined && given !== actual)
    throw badRequest(`${member} contradicts x5c: it is the digest of another certificate`);
}
