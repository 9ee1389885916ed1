// VAULT_KV: a secret of a key/value engine, version 2, of Vault or OpenBao, written by the manager.

import { lookupName } from '../../names.ts';
import { readTrustedCertificates } from '../../runtime/pem-certificates.ts';
import { type Artifact, artifactDigest } from '../content/artifact.ts';
import type { OutletFieldRow } from './outlet-field.ts';
import type { ManagerDelivery, ManagerOutletKind } from './outlet-kind.ts';
import {
  memberNotValid,
  optionalTextMember,
  requireKnownMembers,
  requireOneOf,
  requireText,
} from './read-members.ts';
import { openVault, otherVersion, type VaultSecret, type VaultSession } from './vault-session.ts';

const credentialTypes = Object.freeze(['APPROLE', 'JWT'] as const);

const ofAppRole = { when: { member: 'credential.type', is: 'APPROLE' } } as const;
const ofJwt = { when: { member: 'credential.type', is: 'JWT' } } as const;

const fields: readonly OutletFieldRow[] = [
  [
    {
      member: 'target.address',
      label: 'Address of the server',
      placeholder: 'https://vault.example:8200',
      input: { type: 'LINE' },
    },
  ],
  [
    {
      member: 'target.mount',
      label: 'Mount of the engine',
      placeholder: 'secret',
      input: { type: 'LINE' },
    },
    {
      member: 'target.path',
      label: 'Path of the secret',
      placeholder: 'orders/keys',
      input: { type: 'LINE' },
    },
  ],
  [
    {
      member: 'credential.type',
      label: 'Log in with',
      input: {
        type: 'CHOICE',
        options: [
          { value: 'APPROLE', label: 'AppRole' },
          { value: 'JWT', label: 'A token of a token profile' },
        ],
      },
    },
    {
      member: 'credential.mount',
      label: 'Mount of the login',
      description: 'Empty: its usual name',
      input: { type: 'LINE' },
      isOptional: true,
    },
  ],
  [
    {
      member: 'credential.roleId',
      label: 'Role ID',
      input: { type: 'SECRET', variable: 'ROLE_ID' },
      ...ofAppRole,
    },
    {
      member: 'credential.secretId',
      label: 'Secret ID',
      input: { type: 'SECRET', variable: 'SECRET_ID' },
      ...ofAppRole,
    },
    { member: 'credential.role', label: 'Role', input: { type: 'LINE' }, ...ofJwt },
    {
      member: 'credential.tokenProfileName',
      label: 'Token profile',
      input: { type: 'TOKEN_PROFILE' },
      ...ofJwt,
    },
  ],
  [
    {
      member: 'target.caPem',
      label: 'CA certificates of the server',
      description: 'PEM. Empty: those that the manager trusts',
      input: { type: 'TEXT', minRows: 1 },
      isOptional: true,
    },
  ],
];

export const vaultKv: ManagerOutletKind<'VAULT_KV'> = {
  name: 'VAULT_KV',
  words: {
    title: 'A secret in Vault or OpenBao',
    shortTitle: 'Vault',
    example:
      'outlet create vault --kind VAULT_KV --ring orders --content JWKS --target @vault.json --credential-file approle.json',
    credential: 'login of VAULT_KV',
    deletion: 'The secret stays as it was written last, and is kept current no longer.',
    leaves: {
      sentence: 'A secret of VAULT_KV stays as it was written last',
      phrase: 'a secret in Vault',
    },
    takeOver: {
      what: 'the secret',
      text: 'Another program may have written to the path. Its version of the secret is replaced by the keys of this outlet; the engine keeps it as a former version.',
    },
  },
  fields,
  runsAt: 'MANAGER',
  testText: 'For VAULT_KV the manager signs in and reads the secret',
  contents: ['JWKS', 'JWKS_PRIVATE', 'PEM_PRIVATE'],
  confirms: true,

  sources: (content) => (content === 'JWKS' ? ['PROJECT', 'KEY_RING', 'JWK', 'VIEW'] : ['KEY_RING', 'JWK']),

  readTarget(given) {
    requireKnownMembers(given, ['address', 'mount', 'path', 'caPem'], 'target');
    const address = requireHttpUrl(requireText(given, 'address', 'target'));
    const mount = requireApiPath('target.mount', requireText(given, 'mount', 'target', 256));
    const path = requireApiPath('target.path', requireText(given, 'path', 'target', 512));
    const caPem = optionalTextMember(given, 'caPem', 'target', 64 * 1024);
    if (caPem !== undefined) requireCertificates(caPem);
    return { address, mount, path, ...(caPem !== undefined && { caPem }) };
  },

  takesCredential: () => true,

  readCredential(given) {
    const type = requireOneOf(given, 'type', 'credential', credentialTypes);
    const given_mount = optionalTextMember(given, 'mount', 'credential', 256);
    const mount = given_mount === undefined ? {} : { mount: requireApiPath('credential.mount', given_mount) };
    switch (type) {
      case 'APPROLE':
        requireKnownMembers(given, ['type', 'roleId', 'secretId', 'mount'], 'credential');
        return {
          type,
          roleId: requireText(given, 'roleId', 'credential'),
          secretId: requireText(given, 'secretId', 'credential'),
          ...mount,
        };
      case 'JWT':
        requireKnownMembers(given, ['type', 'role', 'tokenProfileName', 'mount'], 'credential');
        return {
          type,
          role: requireText(given, 'role', 'credential'),
          tokenProfileName: lookupName(requireText(given, 'tokenProfileName', 'credential')),
          ...mount,
        };
      default:
        return type satisfies never;
    }
  },

  tokenProfileOf: ({ tokenProfileName }) =>
    typeof tokenProfileName === 'string' ? tokenProfileName : undefined,

  keys: {
    async deliver(delivery, access) {
      const vault = await openVault(delivery, access);
      try {
        return await write(vault, delivery);
      } finally {
        await vault.close();
      }
    },
    async probe(delivery, access) {
      const vault = await openVault(delivery, access);
      try {
        await vault.read();
      } finally {
        await vault.close();
      }
    },
  },

  claims: ({ address, mount, path }) => {
    const { origin, pathname } = new URL(String(address));
    const space = `vault ${origin}${pathname.replace(/\/+$/, '')}`;
    return [{ space, path: `${mount}/${path}`, exact: true }];
  },
};

function requireHttpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  if (isPlain) return text.replace(/\/+$/, '');
  throw memberNotValid(
    'target.address',
    'It takes the http or https address of the server, such as https://vault.example:8200',
  );
}

function requireCertificates(caPem: string): void {
  const member = 'target.caPem';
  // A target is shown to everyone who may read the outlet.
  if (caPem.includes('PRIVATE KEY-----')) {
    throw memberNotValid(
      member,
      'It has a private key, which no server is trusted by: it takes certificates in PEM',
    );
  }
  const read = readTrustedCertificates(caPem);
  if ('problem' in read) throw memberNotValid(member, `It ${read.problem}: it takes certificates in PEM`);
}

/** It becomes part of a URL: no segment may lead elsewhere. */
function requireApiPath(member: string, text: string): string {
  const path = text.replace(/^\/+|\/+$/g, '');
  const isPlain = path.split('/').every((segment) => /^[\w.~-]+$/.test(segment) && !/^\.+$/.test(segment));
  if (path !== '' && isPlain) return path;
  throw memberNotValid(member, 'It takes names of letters, digits, "_", "-", "." and "~", separated by "/"');
}

const setName = 'jwks.json';

/** The names in a secret: `jwks.json`, or those of the files of a folder. */
function dataOf(artifact: Artifact): Readonly<Record<string, string>> {
  if (artifact.form === 'FILE') return { [setName]: artifact.bytes.toString('utf8') };
  return Object.fromEntries([...artifact.files].map(([name, bytes]) => [name, bytes.toString('utf8')]));
}

/** The inverse of `dataOf`; undefined: it was not made by it. */
function artifactOf(data: Readonly<Record<string, unknown>>): Artifact | undefined {
  const files = new Map<string, Buffer>();
  for (const [name, text] of Object.entries(data)) {
    if (typeof text !== 'string') return undefined;
    files.set(name, Buffer.from(text));
  }
  const bytes = files.get(setName);
  return bytes !== undefined && files.size === 1 ? { form: 'FILE', bytes } : { form: 'FOLDER', files };
}

async function write(vault: VaultSession, delivery: ManagerDelivery) {
  const wanted = dataOf(delivery.artifact);
  const there = await vault.read();
  if (isAlike(there, wanted)) return { version: there.version, changed: false };
  if (!delivery.force && !isOwn(there, delivery)) throw otherVersion(there.version);
  await delivery.willWrite();
  return { version: await vault.write(wanted, there.version), changed: true };
}

/** Nothing of another program is lost where it is replaced. */
function isOwn({ version, data }: VaultSecret, { lastVersion, maybeWritten }: ManagerDelivery): boolean {
  // There is none, or it was removed with all of its versions.
  if (version === 0 || version === lastVersion) return true;
  const artifact = data === null ? undefined : artifactOf(data);
  return artifact !== undefined && maybeWritten.has(artifactDigest(artifact));
}

function isAlike({ data }: VaultSecret, wanted: Readonly<Record<string, string>>): boolean {
  if (data === null) return false;
  const names = Object.keys(wanted);
  return names.length === Object.keys(data).length && names.every((name) => data[name] === wanted[name]);
}
