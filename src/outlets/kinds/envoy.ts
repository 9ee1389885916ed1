// ENVOY: resources of Envoy's file-based discovery, below `--outlet-dir` of the nodes.

import type { OutletContent } from '../content/outlet-content.ts';
import { deliverByRename, removeFiles } from './deliver-files.ts';
import type { NodeOutletKind } from './outlet-kind.ts';
import { requirePath } from './outlet-path.ts';
import { notValid, optionalObject, requireKnownMembers, requireText } from './read-members.ts';

export const envoy: NodeOutletKind = {
  name: 'ENVOY',
  runsAt: 'NODE',
  contents: ['JWT_AUTHN', 'TOKEN'],
  confirms: true,

  sources: (content) => (content === 'TOKEN' ? ['TOKEN_PROFILE'] : ['PROJECT', 'KEY_RING', 'JWK', 'VIEW']),

  readTarget(given, content) {
    if (content === 'TOKEN') {
      requireKnownMembers(given, ['path', 'secretName'], 'target');
      return {
        path: requirePath(given, 'path', 'target'),
        secretName: requireText(given, 'secretName', 'target', 256),
      };
    }
    requireKnownMembers(given, ['path', 'resourceName', 'providers', 'rules'], 'target');
    const path = requirePath(given, 'path', 'target');
    const resourceName = requireText(given, 'resourceName', 'target', 256);
    const providers = optionalObject(given, 'providers', 'target') ?? {};
    if (Object.keys(providers).length === 0)
      throw notValid('target.providers', 'It takes one provider or more');
    const { rules } = given;
    if (rules != null && !Array.isArray(rules)) throw notValid('target.rules', 'It takes a list');
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

  async remove({ target, names }, folder) {
    await removeFiles(folder, { path: String(target.path), names, isFolder: false, layout: 'RENAME' });
  },
};

/** A token is a secret. */
function modeOf(content: OutletContent): number {
  return content === 'TOKEN' ? 0o600 : 0o640;
}
