// Which member of a request each field of the form edits.

import type { FieldErrors } from '../display/form/field-errors.ts';
import type { OutletDraft } from './outlet-draft.ts';

export const fields = [
  ['name'],
  ['kind'],
  ['description'],
  ['content'],
  ['environmentNames'],
  ['gate'],
  [
    'source',
    'source.keyRingName',
    'source.jwkName',
    'source.viewName',
    'source.certificateName',
    'source.tokenProfileName',
  ],
  ['path', 'target.path'],
  ['layout', 'target.layout'],
  ['afterChange', 'target.afterChange'],
  ['signal', 'target.afterChange.signal'],
  ['pidFile', 'target.afterChange.pidFile'],
  ['touch', 'target.afterChange.touch'],
  ['resourceName', 'target.resourceName'],
  ['providers', 'target.providers'],
  ['rules', 'target.rules'],
  ['secretName', 'target.secretName'],
  ['address', 'target.address'],
  ['mount', 'target.mount'],
  ['caPem', 'target.caPem'],
  ['url', 'target.url'],
  ['events', 'target.events'],
  ['password', 'credential.password'],
  ['credentialType', 'credential.type'],
  ['roleId', 'credential.roleId'],
  ['secretId', 'credential.secretId'],
  ['role', 'credential.role'],
  ['tokenProfileName', 'credential.tokenProfileName'],
  ['loginMount', 'credential.mount'],
  ['secret', 'credential.secret'],
] as const;
export type Field = (typeof fields)[number][0];

export interface PartProps {
  readonly projectName: string;
  readonly draft: OutletDraft;
  readonly set: (changes: Partial<OutletDraft>) => void;
  readonly errors: FieldErrors<Field>;
  /** False: the stored credential stays as it is. */
  readonly withCredential: boolean;
}
