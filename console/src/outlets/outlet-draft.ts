// An outlet as it is typed, and the request that it makes.

import type {
  NewOutlet,
  Outlet,
  OutletChange,
  OutletContent,
  OutletKind,
} from '../../../clients/typescript/src/index.ts';
import { unchecked } from '../api/unchecked.ts';
import { jsonOf } from '../token-profiles/profile-draft.ts';
import type { OutletSourceKind } from './outlet-words.ts';

export interface OutletDraft {
  readonly name: string;
  readonly description: string;
  readonly kind: OutletKind | '';
  readonly content: OutletContent;
  /** `keyRingName orders`; empty: the project's set. */
  readonly source: string;
  /** Null: all. */
  readonly environmentNames: readonly string[] | null;
  readonly gate: boolean;
  readonly path: string;
  readonly layout: string;
  readonly afterChange: 'NONE' | 'SIGNAL' | 'TOUCH';
  readonly signal: string;
  readonly pidFile: string;
  readonly touch: string;
  readonly resourceName: string;
  /** JSON. */
  readonly providers: string;
  /** JSON; empty: one rule for all paths. */
  readonly rules: string;
  readonly secretName: string;
  readonly address: string;
  readonly mount: string;
  readonly caPem: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly password: string;
  readonly credentialType: string;
  readonly roleId: string;
  readonly secretId: string;
  readonly role: string;
  readonly tokenProfileName: string;
  readonly loginMount: string;
  readonly secret: string;
}

export const newOutletDraft: OutletDraft = Object.freeze({
  name: '',
  description: '',
  kind: '',
  content: 'JWKS',
  source: '',
  environmentNames: null,
  gate: true,
  path: '',
  layout: 'RENAME',
  afterChange: 'NONE',
  signal: 'SIGHUP',
  pidFile: '',
  touch: '',
  resourceName: '',
  providers: '',
  rules: '',
  secretName: '',
  address: '',
  mount: '',
  caPem: '',
  url: '',
  events: [],
  password: '',
  credentialType: 'APPROLE',
  roleId: '',
  secretId: '',
  role: '',
  tokenProfileName: '',
  loginMount: '',
  secret: '',
});

type Sources = readonly (OutletSourceKind | 'project')[];

const publicSources: Sources = ['project', 'keyRingName', 'jwkName', 'viewName'];
const privateSources: Sources = ['keyRingName', 'jwkName'];

/** What each kind can deliver, and of what. */
const contentsOf = {
  FILES: {
    JWKS: publicSources,
    JWKS_PRIVATE: privateSources,
    PEM_PUBLIC: publicSources,
    PEM_PRIVATE: privateSources,
    PEM_CERTIFICATE: ['certificateName', 'jwkName'],
    PKCS12: ['keyRingName', 'jwkName', 'certificateName'],
  },
  ENVOY: { JWT_AUTHN: publicSources, TOKEN: ['tokenProfileName'] },
  VAULT_KV: { JWKS: publicSources, JWKS_PRIVATE: privateSources, PEM_PRIVATE: privateSources },
  WEBHOOK: { EVENTS: ['project'] },
} as const satisfies Record<OutletKind, Partial<Record<OutletContent, Sources>>>;

export function contentNames(kind: OutletKind): readonly OutletContent[] {
  return Object.keys(contentsOf[kind]) as OutletContent[];
}

export function sourcesOf({ kind, content }: Pick<OutletDraft, 'kind' | 'content'>): Sources {
  if (kind === '') return [];
  const contents: Partial<Record<OutletContent, Sources>> = contentsOf[kind];
  return contents[content] ?? [];
}

/** Another kind or content takes other sources: one that it does not take is chosen no longer. */
export function withContent(draft: OutletDraft, kind: OutletKind, content: OutletContent): OutletDraft {
  const [type = 'project'] = draft.source === '' ? [] : draft.source.split(' ');
  const fits = sourcesOf({ kind, content }).some((one) => one === type);
  return { ...draft, kind, content, source: fits ? draft.source : '' };
}

export function outletBodyOf(draft: OutletDraft): NewOutlet {
  const { name, description, kind, content, environmentNames, gate } = draft;
  const credential = credentialOf(draft);
  return unchecked<NewOutlet>({
    name,
    kind,
    ...(description !== '' && { description }),
    ...(draft.source !== '' && { source: sourceOf(draft.source) }),
    content,
    ...(environmentNames !== null && { environmentNames }),
    target: targetOf(draft),
    ...(credential && { credential }),
    ...(!gate && { gate }),
  });
}

/** What an outlet is now, without its credential, which is never shown. */
export function outletDraftOf({
  name,
  description,
  kind,
  content,
  environmentNames,
  gate,
  target,
}: Outlet): OutletDraft {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  const jsonText = (value: unknown) => (value === undefined ? '' : JSON.stringify(value, null, 2));
  const { afterChange, events, providers, rules, ...texts } = target as Readonly<Record<string, unknown>>;
  const { signal, pidFile, touch } = (afterChange ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...newOutletDraft,
    name,
    description: description ?? '',
    kind,
    content,
    environmentNames,
    gate,
    path: textOf(texts.path),
    layout: textOf(texts.layout) || newOutletDraft.layout,
    afterChange: touch !== undefined ? 'TOUCH' : signal !== undefined ? 'SIGNAL' : 'NONE',
    signal: textOf(signal) || newOutletDraft.signal,
    pidFile: textOf(pidFile),
    touch: textOf(touch),
    resourceName: textOf(texts.resourceName),
    secretName: textOf(texts.secretName),
    providers: jsonText(providers),
    rules: jsonText(rules),
    address: textOf(texts.address),
    mount: textOf(texts.mount),
    caPem: textOf(texts.caPem),
    url: textOf(texts.url),
    events: Array.isArray(events) ? events.map(String) : [],
  };
}

/** @param withCredential the stored one is replaced */
export function changeOf(draft: OutletDraft, withCredential: boolean): OutletChange {
  const { description, environmentNames, gate, kind } = draft;
  const credential = withCredential ? credentialOf(draft) : undefined;
  return unchecked<OutletChange>({
    description,
    environmentNames,
    ...(kind !== 'WEBHOOK' && { gate }),
    target: targetOf(draft),
    ...(credential && { credential }),
  });
}

function sourceOf(text: string): object {
  const [type = '', name] = text.split(' ');
  return { [type]: name };
}

function targetOf(draft: OutletDraft): object {
  const path = draft.path.trim();
  switch (draft.kind) {
    case 'FILES':
      return { path, layout: draft.layout, ...afterChangeOf(draft) };
    case 'ENVOY':
      return draft.content === 'TOKEN'
        ? { path, secretName: draft.secretName.trim() }
        : {
            path,
            resourceName: draft.resourceName.trim(),
            providers: jsonOf(draft.providers),
            ...(draft.rules.trim() !== '' && { rules: jsonOf(draft.rules) }),
          };
    case 'VAULT_KV':
      return {
        address: draft.address.trim(),
        mount: draft.mount.trim(),
        path,
        ...(draft.caPem.trim() !== '' && { caPem: draft.caPem }),
      };
    case 'WEBHOOK':
      return { url: draft.url.trim(), events: draft.events };
    case '':
      return {};
    default:
      return draft.kind satisfies never;
  }
}

function afterChangeOf({ afterChange, signal, pidFile, touch }: OutletDraft): object {
  switch (afterChange) {
    case 'NONE':
      return {};
    case 'SIGNAL':
      return { afterChange: { signal, pidFile: pidFile.trim() } };
    case 'TOUCH':
      return { afterChange: { touch: touch.trim() } };
    default:
      return afterChange satisfies never;
  }
}

function credentialOf(draft: OutletDraft): object | undefined {
  const { kind, content, credentialType: type } = draft;
  if (kind === 'WEBHOOK') return { secret: draft.secret };
  if (kind === 'FILES' && content === 'PKCS12') return { password: draft.password };
  if (kind !== 'VAULT_KV') return undefined;
  const mount = draft.loginMount.trim() === '' ? {} : { mount: draft.loginMount.trim() };
  if (type === 'JWT') return { type, role: draft.role, tokenProfileName: draft.tokenProfileName, ...mount };
  return { type, roleId: draft.roleId, secretId: draft.secretId, ...mount };
}
