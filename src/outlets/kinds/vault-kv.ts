// VAULT_KV: a secret of a key/value engine, version 2, of Vault or OpenBao, written by the manager.

import type { ManagerOutletKind } from './outlet-kind.ts';
import { notValid, optionalText, requireKnownMembers, requireOneOf, requireText } from './read-members.ts';

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
          tokenProfileName: requireText(given, 'tokenProfileName', 'credential'),
          ...mount,
        };
      default:
        return type satisfies never;
    }
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
