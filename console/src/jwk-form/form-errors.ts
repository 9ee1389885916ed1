import type { FormField } from './draft.ts';

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
  ['useType', 'keyUseType', 'rsa.keyUseType', 'ec.keyUseType', 'okp.keyUseType', 'oct.keyUseType'],
  ['algorithm', 'rsa.algorithm', 'ec.algorithm', 'okp.algorithm', 'oct.algorithm'],
  ['variant', 'rsa.keySize', 'ec.curveType', 'okp.curveType', 'oct.keySize'],
  ['keyIdType'],
  ['notBeforeTime'],
  ['expirationTime'],
  ['url'],
  ['jwkStr'],
];
