import type { KeyplaneApiError } from '../../clients/typescript/src/index.ts';

/** The flags that set members of requests, where the two have different names. */
const flags: Readonly<Record<string, string>> = Object.freeze({
  certificateDescription: '--description',
  curveType: '--curve',
  environmentList: '--environment',
  environmentName: '--environment',
  expirationTime: '--expires',
  expiringWithin: '--expiring-within',
  keyIdType: '--kid-type',
  keySize: '--size',
  keyUseType: '--use',
  maxNodes: '--max-nodes',
  notBeforeTime: '--not-before',
  objectName: '--object-name',
  objectType: '--object-type',
  refreshInterval: '--refresh',
  urlOptionConnectTimeout: '--connect-timeout',
  urlOptionReadTimeout: '--read-timeout',
  urlOptionSizeLimit: '--size-limit',
  useType: '--use',
});

/** The message with the flag in place of the member at fault, which only callers of the API know. */
export function inFlagSpelling({ message, member }: KeyplaneApiError): string {
  const flag = member === undefined ? undefined : flags[member.split('.').at(-1) ?? ''];
  return member === undefined || flag === undefined ? message : message.replaceAll(member, flag);
}
