import { KeyplaneApiError } from '../../../clients/typescript/src/index.ts';
import type { FormField } from './draft.ts';
import { generatedKinds } from './generated-kinds.ts';

const membersOfType = (parameter: string) => generatedKinds.map(({ member }) => `${member}.${parameter}`);

/** Which field of the form edits the member of the request that is at fault. */
export const formFields: readonly (readonly [FormField, ...members: readonly string[]])[] = [
  ['name'],
  ['description'],
  ['refreshInterval'],
  ['urlOptionConnectTimeout'],
  ['urlOptionReadTimeout'],
  ['urlOptionSizeLimit'],
  ['kid'],
  ['environmentName'],
  ['aliasName'],
  ['materialName', 'certificateName', 'keyName', 'keyStoreName'],
  ['useType', 'keyUseType', ...membersOfType('keyUseType')],
  ['algorithm', ...membersOfType('algorithm')],
  ['variant', ...generatedKinds.map(({ member, generate }) => `${member}.${generate.parameter}`)],
  ['keyIdType'],
  ['allowRsa15'],
  ['allowCompressed'],
  ['maxIterationCount'],
  ['notBeforeTime'],
  ['expirationTime'],
  ['url'],
  ['jwkStr'],
];

/** Fields that are sent in another unit than they are filled in: the text of the manager names another value. */
const ranges: Readonly<Partial<Record<FormField, string>>> = {
  refreshInterval: 'Enter 1 minute to 30 days',
  urlOptionConnectTimeout: 'Enter 1 millisecond to 60 seconds',
  urlOptionReadTimeout: 'Enter 1 millisecond to 60 seconds',
  urlOptionSizeLimit: 'Enter 1 byte to 10 MiB',
};

export function fieldText(field: FormField, text: string | undefined, error: unknown): string | undefined {
  if (text === undefined || !(error instanceof KeyplaneApiError)) return text;
  return error.reason === 'FIELD_NOT_VALID' ? (ranges[field] ?? text) : text;
}
