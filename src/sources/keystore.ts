import type { KeystoreEntry, KeystoreListing } from '../formats/keystore.ts';
import { jwkFromKeystoreKey } from '../jose/key-pem.ts';
import { fromChain } from './certificate.ts';
import { type InspectedKey, inspectedKeysAtMost, inspectOne } from './inspected-key.ts';
import {
  type JwkSource,
  readRequiredUsage,
  requestedKid,
  requireFields,
  type SourcedKey,
} from './jwk-source.ts';

const required = ['keyStoreName', 'environmentName', 'aliasName', 'useType', 'algorithm'] as const;

/** What an alias of a stored keystore holds: a private key with its chain, a certificate, or a secret key. */
export const keystoreSource: JwkSource = {
  label: 'Keystore',
  required,
  fields: [...required, 'kid'],
  keyMember: 'keyStoreName',
  kidDescription: 'The kid of the JWK; by default the alias, or the thumbprint where it is taken',
  checkFields(request) {
    requireFields(request, 'KEYSTORE', required);
    readRequiredUsage(request);
  },
  async read(request, context) {
    const { keyStoreName = '', environmentName = '', aliasName = '' } = request;
    const kid = requestedKid(request);
    const { id, entry } = await context.keystoreEntry(keyStoreName, environmentName, aliasName);
    const requiredUsage = readRequiredUsage(request);
    const found = {
      ...fromEntry(entry),
      fallbackKid: entry.alias,
      requiredUsage,
      sourceId: id,
      sourceUrl: null,
    };
    return kid === undefined ? found : { ...found, kid };
  },
  async inspect(request, context) {
    requireFields(request, 'KEYSTORE', ['keyStoreName', 'environmentName']);
    const { keyStoreName = '', environmentName = '', aliasName = '' } = request;
    if (aliasName.trim() !== '') {
      const { entry } = await context.keystoreEntry(keyStoreName, environmentName, aliasName);
      return { keys: [inspectOne(() => ({ ...fromEntry(entry), aliasName: entry.alias }))], total: 1 };
    }
    const listing = await context.keystoreListing(keyStoreName, environmentName);
    return { keys: listing.slice(0, inspectedKeysAtMost).map(inspectListed), total: listing.length };
  },
};

/** What a listing shows of an alias: of a private key its certificate, of a secret only its existence. */
function inspectListed({ alias, kind, problem, certificate }: KeystoreListing): InspectedKey {
  if (problem !== undefined) return { aliasName: alias, problem };
  if (certificate === undefined) return { aliasName: alias };
  const holdsPrivate = kind === 'PRIVATE_KEY';
  return {
    ...inspectOne(() => ({ ...fromChain([Buffer.from(certificate)]), holdsPrivate })),
    aliasName: alias,
  };
}

function fromEntry(
  entry: KeystoreEntry,
): Pick<SourcedKey, 'raw' | 'restriction' | 'notBeforeTime' | 'expirationTime'> {
  if (entry.kind === 'TRUSTED_CERTIFICATE') return fromChain([entry.certificate]);
  if (entry.kind === 'SECRET_KEY') {
    const raw = { kty: 'oct', k: entry.secret.toString('base64url') };
    return { raw, notBeforeTime: null, expirationTime: null };
  }
  const { jwk, restriction } = jwkFromKeystoreKey(entry.privateKeyPkcs8, entry.origin);
  if (entry.chain.length === 0) {
    return {
      raw: jwk,
      ...(restriction !== undefined && { restriction }),
      notBeforeTime: null,
      expirationTime: null,
    };
  }
  return { ...fromChain(entry.chain, jwk), ...(restriction !== undefined && { restriction }) };
}
