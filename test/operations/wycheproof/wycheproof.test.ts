// The vectors of Wycheproof for what JWS and JWE are made of: signatures in the encoding of JOSE, MACs, content encryption, key
// wrapping, RSA encryption and key agreement.

import { beforeAll, expect, test } from 'vitest';
import {
  agreesOnP,
  agreesOnX,
  decryptsContent,
  decryptsKey,
  type Judge,
  unwraps,
  verifies,
} from './operations.ts';
import { fetchVectors, readVectors } from './vectors.ts';

const fetchTimeoutMs = 240_000;
let folder: string | undefined;
let whyNot: string | undefined;

beforeAll(async () => {
  const fetched = await fetchVectors();
  if ('folder' in fetched) folder = fetched.folder;
  else {
    whyNot = fetched.whyNot;
    console.info(`Wycheproof is not tried here: ${whyNot}`);
  }
}, fetchTimeoutMs);

const rsaKeyFiles = [
  ['rsa_oaep_2048_sha1_mgf1sha1', 'RSA-OAEP'],
  ['rsa_oaep_2048_sha256_mgf1sha256', 'RSA-OAEP-256'],
  ['rsa_oaep_3072_sha256_mgf1sha256', 'RSA-OAEP-256'],
  ['rsa_oaep_4096_sha256_mgf1sha256', 'RSA-OAEP-256'],
  ['rsa_oaep_2048_sha384_mgf1sha384', 'RSA-OAEP-384'],
  ['rsa_oaep_2048_sha512_mgf1sha512', 'RSA-OAEP-512'],
  ['rsa_oaep_4096_sha512_mgf1sha512', 'RSA-OAEP-512'],
  ['rsa_pkcs1_2048', 'RSA1_5'],
  ['rsa_pkcs1_3072', 'RSA1_5'],
  ['rsa_pkcs1_4096', 'RSA1_5'],
] as const;

const signatureFiles = [
  ['ecdsa_secp256r1_sha256_p1363', 'ES256'],
  ['ecdsa_secp384r1_sha384_p1363', 'ES384'],
  ['ecdsa_secp521r1_sha512_p1363', 'ES512'],
  ['ecdsa_secp256k1_sha256_p1363', 'ES256K'],
  ['rsa_signature_2048_sha256', 'RS256'],
  ['rsa_signature_3072_sha256', 'RS256'],
  ['rsa_signature_4096_sha256', 'RS256'],
  ['rsa_signature_2048_sha384', 'RS384'],
  ['rsa_signature_3072_sha384', 'RS384'],
  ['rsa_signature_2048_sha512', 'RS512'],
  ['rsa_signature_4096_sha512', 'RS512'],
  ['rsa_pss_2048_sha256_mgf1_32', 'PS256'],
  ['rsa_pss_3072_sha256_mgf1_32', 'PS256'],
  ['rsa_pss_4096_sha256_mgf1_32', 'PS256'],
  ['rsa_pss_2048_sha384_mgf1_48', 'PS384'],
  ['rsa_pss_4096_sha384_mgf1_48', 'PS384'],
  ['rsa_pss_4096_sha512_mgf1_64', 'PS512'],
  ['ed25519', 'EdDSA'],
  ['ed448', 'EdDSA'],
  ['hmac_sha256', 'HS256'],
  ['hmac_sha384', 'HS384'],
  ['hmac_sha512', 'HS512'],
  ['mldsa_44_verify', 'ML-DSA-44'],
  ['mldsa_65_verify', 'ML-DSA-65'],
  ['mldsa_87_verify', 'ML-DSA-87'],
] as const;

const files: readonly (readonly [file: string, judge: Judge])[] = [
  ...signatureFiles.map(([file, alg]) => [file, verifies(alg)] as const),
  ['aes_gcm', decryptsContent(({ keySize }) => `A${keySize}GCM`)],
  ['a128cbc_hs256', decryptsContent(() => 'A128CBC-HS256')],
  ['a192cbc_hs384', decryptsContent(() => 'A192CBC-HS384')],
  ['a256cbc_hs512', decryptsContent(() => 'A256CBC-HS512')],
  ['aes_wrap', unwraps],
  ...rsaKeyFiles.map(([file, alg]) => [file, decryptsKey(alg)] as const),
  ['x25519', agreesOnX('X25519', '302e020100300506032b656e04220420')],
  ['x448', agreesOnX('X448', '3046020100300506032b656f043a0438')],
  ['ecdh_secp256r1_ecpoint', agreesOnP('P-256', 32)],
  ['ecdh_secp384r1_ecpoint', agreesOnP('P-384', 48)],
  ['ecdh_secp521r1_ecpoint', agreesOnP('P-521', 66)],
];

test.for(files)('keyplane does what the vectors of %s expect', async ([file, judge], { skip }) => {
  if (folder === undefined) return skip(whyNot);
  let tried = 0;
  const wrong: string[] = [];
  for (const vector of readVectors(folder, file)) {
    const isExpected = await judge(vector);
    if (isExpected !== undefined) tried += 1;
    if (isExpected === false) wrong.push(`${vector.id} (${vector.result}): ${vector.comment}`);
  }
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(20);
});
