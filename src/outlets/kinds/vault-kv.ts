// VAULT_KV: a secret of a key/value engine, version 2, of Vault or OpenBao, written by the manager.

import { lookupName } from '../../names.ts';
import type { Artifact } from '../content/artifact.ts';
import type { ManagerDelivery, ManagerOutletKind } from './outlet-kind.ts';
import { notValid, optionalText, requireKnownMembers, requireOneOf, requireText } from './read-members.ts';
import { openVault, otherVersion, type VaultSecret, type VaultSession } from './vault-session.ts';

const credentialTypes = Object.freeze(['APPROLE', 'JWT'] as const);

export const vaultKv: ManagerOutletKind = {
  name: 'VAULT_KV',
  runsAt: 'MANAGER',
  contents: ['JWKS', 'JWKS_PRIVATE', 'PEM_PRIVATE'],
  confirms: true,

  sources: (content) => (content === 'JWKS' ? ['PROJECT', 'KEY_RING', 'JWK', 'VIEW'] : ['KEY_RING', 'JWK']),

  readTarget(given) {
    requireKnownMembers(given, ['address', 'mount', 'path', 'caPem'], 'target');
    const address = requireHttpUrl(requireText(given, 'address', 'target'));
    const mount = requireApiPath('target.mount', requireText(given, 'mount', 'target', 256));
    const path = requireApiPath('target.path', requireText(given, 'path', 'target', 512));
    const caPem = optionalText(given, 'caPem', 'target', 64 * 1024);
    return { address, mount, path, ...(caPem !== undefined && { caPem }) };
  },

  takesCredential: () => true,

  readCredential(given) {
    const type = requireOneOf(given, 'type', 'credential', credentialTypes);
    const given_mount = optionalText(given, 'mount', 'credential', 256);
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

  claims: ({ address, mount, path }) => [{ space: `vault ${address} ${mount}`, path: String(path) }],
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
  throw notValid(
    'target.address',
    'It takes the http or https address of the server, such as https://vault.example:8200',
  );
}

/** It becomes part of a URL: no segment may lead elsewhere. */
function requireApiPath(member: string, text: string): string {
  const path = text.replace(/^\/+|\/+$/g, '');
  const isPlain = path.split('/').every((segment) => /^[\w.~-]+$/.test(segment) && !/^\.+$/.test(segment));
  if (path !== '' && isPlain) return path;
  throw notValid(member, 'It takes names of letters, digits, "_", "-", "." and "~", separated by "/"');
}

/** The names in a secret: `jwks.json`, or those of the files of a folder. */
function dataOf(artifact: Artifact): Readonly<Record<string, string>> {
  if (artifact.form === 'FILE') return { 'jwks.json': artifact.bytes.toString('utf8') };
  return Object.fromEntries([...artifact.files].map(([name, bytes]) => [name, bytes.toString('utf8')]));
}

async function write(vault: VaultSession, { artifact, force, lastVersion }: ManagerDelivery) {
  const wanted = dataOf(artifact);
  const there = await vault.read();
  if (isAlike(there, wanted)) return { version: there.version, changed: false };
  if (!force && there.version !== (lastVersion ?? 0)) throw otherVersion(there.version);
  return { version: await vault.write(wanted, there.version), changed: true };
}

function isAlike({ data }: VaultSecret, wanted: Readonly<Record<string, string>>): boolean {
  if (data === null) return false;
  const names = Object.keys(wanted);
  return names.length === Object.keys(data).length && names.every((name) => data[name] === wanted[name]);
}
