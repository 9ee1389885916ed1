// Certificates, keys and keystores as clients send them, and fresh ones to replace others with.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { type Body, type Item, pemFile } from '../../api/support/project-api.ts';
import { makeTestAuthority } from '../../support/http-servers.ts';
import type { Answer } from '../../support/manager.ts';

const authority = makeTestAuthority();

export interface RsaMaterial {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** The public JWK, without a kid. */
  readonly jwk: Item;
}

/** A new RSA key with a certificate. */
export function makeRsaMaterial(): RsaMaterial {
  const { cert, key } = authority.issue({ names: ['keyplane.test'] });
  const { n, e, kty } = createPrivateKey(key).export({ format: 'jwk' });
  return { cert, key, jwk: { kty, n, e } };
}

/** base64 of DER. */
export function derOf(pem: string): string {
  return new X509Certificate(pem).raw.toString('base64');
}

/** A PKCS#12 file of one key under one alias, in base64. */
export function makeKeystore({ cert, key }: RsaMaterial, alias: string, password = 'changeit'): string {
  const asn1 = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(key),
    forge.pki.certificateFromPem(cert),
    password,
    { friendlyName: alias, algorithm: '3des', count: 2048 },
  );
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary').toString('base64');
}

export function certificateForm(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'pemEncodedFile') form.append(name, pemFile(value), 'certificate.pem');
    else form.append(name, value);
  }
  return form;
}

export function keyBody(name: string, contents: Readonly<Record<string, string>>, more: Body = {}): Body {
  const cryptoKeyInfoEnvironmentList = Object.entries(contents).map(([environmentName, content]) => {
    return { environmentName, content };
  });
  return { name, keyType: 'PRIVATE_KEY', cryptoKeyInfoEnvironmentList, ...more };
}

export function keystoreBody(name: string, files: Readonly<Record<string, string>>): Body {
  const keyStoreEnvironmentList = Object.entries(files).map(([environmentName, file]) => {
    return { environmentName, file, password: 'changeit', keyStoreType: 'PKCS12' };
  });
  return { name, keyStoreEnvironmentList };
}

/** The whole answer of a change that reached every environment of these names. */
export function deployedTo(verb: 'Deploy' | 'Undeploy', ...environmentNames: readonly string[]) {
  return {
    success: true,
    deploymentResult: {
      success: true,
      message: `${verb}ment completed successfully`,
      environmentResults: environmentNames.map((environmentName) => {
        return { environmentName, success: true, message: `${verb}ed successfully` };
      }),
    },
  };
}

/** Status and text of an answer that is none of success. */
export function failure({ status, body }: Answer): string {
  return `${status} ${body.error_description}`;
}
