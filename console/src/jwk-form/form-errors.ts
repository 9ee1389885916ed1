import type { FormField } from './draft.ts';

/** Which field the server's words are about; the first that fits. */
export const formErrorPatterns: readonly (readonly [FormField, RegExp])[] = [
  ['name', /^JWK name |^JWK \(name: .* is already exist/],
  ['description', /^description\b/i],
  ['refreshInterval', /^refreshInterval\b/],
  ['urlOptionConnectTimeout', /^urlOptionConnectTimeout\b/],
  ['urlOptionReadTimeout', /^urlOptionReadTimeout\b/],
  ['urlOptionSizeLimit', /^urlOptionSizeLimit\b/],
  ['kid', /^kid\b|\bkid \(/],
  ['environmentName', /^Environment\b/],
  ['aliasName', /^Alias\b/],
  ['materialName', /^(Certificate|Key|Keystore) (name|\(name)/],
  ['useType', /^(Use type|keyUseType)\b/],
  ['algorithm', /^Algorithm\b/i],
  ['variant', /\.(keySize|curveType)\b/],
  ['keyIdType', /^keyIdType\b/],
  ['notBeforeTime', /^notBeforeTime\b/],
  ['expirationTime', /^expirationTime\b/],
  ['url', /\bURL\b|redirect/i],
  ['jwkStr', /^(?!JWK \(name).*(JWK|JSON)/],
];
