// FILES: keys as files below `--outlet-dir` of the nodes.

import type { Artifact } from '../content/artifact.ts';
import { type OutletContent, traitsOf } from '../content/outlet-content.ts';
import { isPkcs12Password } from '../content/pkcs12-file.ts';
import type { OutletJson, OutletSourceType } from '../outlet-source.ts';
import { type AfterChange, afterChangeFields, notify, readAfterChange, tryNotify } from './after-change.ts';
import { deliverByRename, deliverBySymlink, removeFiles, tryFiles } from './deliver-files.ts';
import type { OutletField, OutletFieldRow } from './outlet-field.ts';
import type { Claim, NodeOutletKind } from './outlet-kind.ts';
import { belowProject, requirePath } from './outlet-path.ts';
import { memberNotValid, requireKnownMembers, requireOneOf, requireText } from './read-members.ts';

const layouts = Object.freeze(['RENAME', 'SYMLINK'] as const);

interface FilesTarget {
  readonly path: string;
  readonly layout: (typeof layouts)[number];
  readonly afterChange?: AfterChange;
}

const longestPassword = 256;
const publicSources: readonly OutletSourceType[] = ['PROJECT', 'KEY_RING', 'JWK', 'VIEW'];
const privateSources: readonly OutletSourceType[] = ['KEY_RING', 'JWK'];
const sources: Readonly<Partial<Record<OutletContent, readonly OutletSourceType[]>>> = {
  JWKS: publicSources,
  JWKS_PRIVATE: privateSources,
  PEM_PUBLIC: publicSources,
  PEM_PRIVATE: privateSources,
  PEM_CERTIFICATE: ['CERTIFICATE', 'JWK'],
  PKCS12: ['KEY_RING', 'JWK', 'CERTIFICATE'],
};

const contents: readonly OutletContent[] = [
  'JWKS',
  'JWKS_PRIVATE',
  'PEM_PUBLIC',
  'PEM_PRIVATE',
  'PEM_CERTIFICATE',
  'PKCS12',
];

const pathField = {
  member: 'target.path',
  description: belowProject,
  input: { type: 'LINE' },
  flag: { name: 'path', argument: 'PATH', text: 'the file or folder below --outlet-dir of the nodes' },
} as const satisfies Partial<OutletField>;

const fields: readonly OutletFieldRow[] = [
  [
    {
      ...pathField,
      label: 'Path of the folder',
      placeholder: 'haproxy/keys',
      contents: contents.filter((content) => traitsOf(content).isFolder),
    },
    {
      ...pathField,
      label: 'Path of the file',
      placeholder: 'gateway/jwks.json',
      contents: contents.filter((content) => !traitsOf(content).isFolder),
    },
    {
      member: 'target.layout',
      label: 'Layout',
      description: 'How a new version replaces the former one',
      input: {
        type: 'CHOICE',
        options: [
          { value: 'RENAME', label: 'Each file is renamed' },
          { value: 'SYMLINK', label: 'A link is changed, as Kubernetes does' },
        ],
      },
      flag: { name: 'layout', argument: 'LAYOUT', text: 'how files are replaced (default: RENAME)' },
    },
  ],
  afterChangeFields,
  [
    {
      member: 'credential.password',
      label: 'Password of the keystore',
      input: { type: 'SECRET', variable: 'KEYSTORE_PASSWORD' },
      contents: ['PKCS12'],
    },
  ],
];

export const files: NodeOutletKind<'FILES'> = {
  name: 'FILES',
  words: {
    title: 'Files at the nodes',
    shortTitle: 'Files',
    example: 'outlet create gateway --kind FILES --ring orders --content JWKS --path gateway/jwks.json',
    credential: 'password of PKCS12',
    deletion: 'Nodes remove its files, and their readers find none from then on.',
  },
  fields,
  runsAt: 'NODE',
  contents,
  confirms: true,

  sources: (content) => sources[content] ?? [],

  readTarget(given, content): OutletJson {
    requireKnownMembers(given, ['path', 'layout', 'afterChange'], 'target');
    const path = requirePath(given, 'path', 'target');
    const layout = given.layout == null ? 'RENAME' : requireOneOf(given, 'layout', 'target', layouts);
    const afterChange = readAfterChange(given);
    if (afterChange) requireApart(afterChange, path, content);
    const target: FilesTarget = { path, layout, ...(afterChange && { afterChange }) };
    return { ...target };
  },

  takesCredential: (content) => content === 'PKCS12',

  readCredential(given) {
    requireKnownMembers(given, ['password'], 'credential');
    const password = requireText(given, 'password', 'credential', longestPassword);
    if (isPkcs12Password(password)) return { password };
    throw memberNotValid('credential.password', 'It takes printable ASCII characters: Java reads no others');
  },

  claims(target, content) {
    const { path, layout, afterChange } = target as unknown as FilesTarget;
    const claims: Claim[] = [{ space: 'files', path }];
    if (layout === 'SYMLINK' && !traitsOf(content).isFolder) {
      const folder = path.includes('/') ? `${path.slice(0, path.lastIndexOf('/'))}/` : '';
      claims.push({ space: 'files', path: `${folder}..data` });
    }
    if (afterChange && 'touch' in afterChange)
      claims.push({ space: 'files', path: afterChange.touch, shared: true });
    return claims;
  },

  async deliver({ target, content, artifact, force, before, willWrite }, folder) {
    const { path, layout, afterChange } = target as unknown as FilesTarget;
    const delivery = { path, artifact, mode: modeOf(content), force, formerNames: before?.names ?? [] };
    const names = namesOf(artifact, before?.names ?? []);
    const pending = { target, content, names, mustNotify: afterChange !== undefined };
    const prepare = () => willWrite(pending);
    const changed =
      layout === 'SYMLINK'
        ? await deliverBySymlink(folder, delivery, prepare)
        : await deliverByRename(folder, delivery, prepare);
    if (afterChange && (changed || before?.mustNotify)) await notify(folder, afterChange);
    return { written: { target, content, names: namesOf(artifact, []), mustNotify: false }, changed };
  },

  async probe({ target, artifact }, folder) {
    const { path, afterChange } = target as unknown as FilesTarget;
    await tryFiles(folder, path, artifact);
    if (afterChange) await tryNotify(folder, afterChange);
  },

  async remove({ target, content, names }, folder) {
    const { path, layout } = target as unknown as FilesTarget;
    await removeFiles(folder, { path, names, isFolder: traitsOf(content).isFolder, layout });
  },
};

/** No pid file or touched file can be where the outlet has its own file. In a folder of PEM files there is room beside them. */
function requireApart(afterChange: AfterChange, path: string, content: OutletContent): void {
  const { member, path: other } = notifiedPath(afterChange);
  const isBelow = other.startsWith(`${path}/`) && !traitsOf(content).isFolder;
  if (other !== path && !isBelow && !path.startsWith(`${other}/`)) return;
  throw memberNotValid(`target.afterChange.${member}`, `The outlet has its own file there: ${path}`);
}

function notifiedPath(afterChange: AfterChange): { readonly member: string; readonly path: string } {
  return 'touch' in afterChange
    ? { member: 'touch', path: afterChange.touch }
    : { member: 'pidFile', path: afterChange.pidFile };
}

/** Keys that are private are for the owner alone; others also for the group. */
function modeOf(content: OutletContent): number {
  return traitsOf(content).isPrivate ? 0o600 : 0o640;
}

function namesOf(artifact: Artifact, former: readonly string[]): readonly string[] {
  return artifact.form === 'FILE' ? [] : [...new Set([...artifact.files.keys(), ...former])];
}
