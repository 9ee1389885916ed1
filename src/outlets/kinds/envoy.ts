// ENVOY: resources of Envoy's file-based discovery, below `--outlet-dir` of the nodes.

import { badRequest } from '../../errors.ts';
import { namesKeySource } from '../content/envoy-resources.ts';
import type { OutletContent } from '../content/outlet-content.ts';
import type { OutletJson } from '../outlet-source.ts';
import { deliverByRename, removeFiles, tryFiles } from './deliver-files.ts';
import type { OutletFieldRow } from './outlet-field.ts';
import type { NodeOutletKind } from './outlet-kind.ts';
import { belowProject, requirePath } from './outlet-path.ts';
import { memberNotValid, optionalObjectMember, requireKnownMembers, requireText } from './read-members.ts';

const ofResource = { contents: ['JWT_AUTHN'] } as const;

const fields: readonly OutletFieldRow[] = [
  [
    {
      member: 'target.path',
      label: 'Path of the file',
      description: belowProject,
      placeholder: 'envoy/jwt.json',
      input: { type: 'LINE' },
    },
    {
      member: 'target.resourceName',
      label: 'Name of the resource',
      description: 'As Envoy asks for it',
      input: { type: 'LINE' },
      ...ofResource,
    },
    {
      member: 'target.secretName',
      label: 'Name of the secret',
      description: 'As Envoy asks for it',
      input: { type: 'LINE' },
      contents: ['TOKEN'],
    },
  ],
  [
    {
      member: 'target.providers',
      label: 'Providers',
      description:
        'The providers of jwt_authn, as a JSON object by name. One without a key source takes the keys',
      placeholder: '{ "orders": { "issuer": "https://issuer.example" } }',
      input: { type: 'JSON', minRows: 3 },
      ...ofResource,
    },
  ],
  [
    {
      member: 'target.rules',
      label: 'Rules',
      description:
        'The rules of jwt_authn, as a JSON list. Empty: every path requires a token of one of the providers',
      placeholder: '[{ "match": { "prefix": "/orders" }, "requires": { "provider_name": "orders" } }]',
      input: { type: 'JSON', minRows: 2 },
      isOptional: true,
      ...ofResource,
    },
  ],
];

export const envoy: NodeOutletKind<'ENVOY'> = {
  name: 'ENVOY',
  words: {
    title: 'Envoy, by files at the nodes',
    shortTitle: 'Envoy',
    example:
      'outlet create envoy --kind ENVOY --view partners --content JWT_AUTHN --environments production --target @envoy.json',
    deletion: 'Nodes remove its files. An Envoy that starts afterwards finds none.',
  },
  fields,
  runsAt: 'NODE',
  contents: ['JWT_AUTHN', 'TOKEN'],
  confirms: true,

  sources: (content) => (content === 'TOKEN' ? ['TOKEN_PROFILE'] : ['PROJECT', 'KEY_RING', 'JWK', 'VIEW']),

  readTarget(given, content) {
    const path = requireEnvoyPath(given);
    if (content === 'TOKEN') {
      requireKnownMembers(given, ['path', 'secretName'], 'target');
      return { path, secretName: requireText(given, 'secretName', 'target', 256) };
    }
    requireKnownMembers(given, ['path', 'resourceName', 'providers', 'rules'], 'target');
    const resourceName = requireText(given, 'resourceName', 'target', 256);
    const providers = requireProviders(given);
    const { rules } = given;
    if (rules != null && !Array.isArray(rules)) throw memberNotValid('target.rules', 'It takes a list');
    return { path, resourceName, providers, ...(rules != null && { rules }) };
  },

  takesCredential: () => false,
  readCredential: () => ({}),

  claims: ({ path }) => [{ space: 'files', path: String(path) }],

  async deliver({ target, content, artifact, force, before, willWrite }, folder) {
    const written = { target, content, names: [], mustNotify: false };
    const delivery = {
      path: String(target.path),
      artifact,
      mode: modeOf(content),
      force,
      formerNames: before?.names ?? [],
    };
    const changed = await deliverByRename(folder, delivery, () => willWrite(written));
    return { written, changed };
  },

  probe: ({ target, artifact }, folder) => tryFiles(folder, String(target.path), artifact),

  async remove({ target, names }, folder) {
    await removeFiles(folder, { path: String(target.path), names, isFolder: false, layout: 'RENAME' });
  },
};

/** A token is a secret. */
function modeOf(content: OutletContent): number {
  return content === 'TOKEN' ? 0o600 : 0o640;
}

/** Envoy reads a file by the end of its name; JSON is YAML as well. */
const readable = /\.(?:json|ya?ml)$/;

function requireEnvoyPath(given: OutletJson): string {
  const path = requirePath(given, 'path', 'target');
  if (readable.test(path)) return path;
  throw memberNotValid('target.path', 'It takes a name that ends in .json: Envoy reads no other file');
}

/** At least one takes the keys of the source. */
function requireProviders(given: OutletJson): OutletJson {
  const providers = optionalObjectMember(given, 'providers', 'target') ?? {};
  const names = Object.keys(providers);
  const messages = names.map((name) => optionalObjectMember(providers, name, 'target.providers'));
  if (messages.some((message) => message && !namesKeySource(message))) return providers;
  throw names.length === 0
    ? badRequest('target.providers can not be empty!', {
        reason: 'FIELD_REQUIRED',
        member: 'target.providers',
      })
    : memberNotValid(
        'target.providers',
        'Each names remote_jwks or local_jwks: leave it out of one, so that the outlet writes it',
      );
}
