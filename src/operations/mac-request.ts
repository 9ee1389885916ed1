// What a request to compute or to verify a MAC may ask for.

import type { Buffer } from 'node:buffer';
import { badRequest } from '../errors.ts';
import { optionalOctets, pickMembers, type RequestBody } from './request-members.ts';

/** @throws KeyplaneError `bad_request` */
export function readMacRequest(body: RequestBody): { readonly data: Buffer } {
  const { dataBase64 } = pickMembers(body.members, ['dataBase64']);
  return { data: required('dataBase64', optionalOctets('dataBase64', dataBase64)) };
}

/** @throws KeyplaneError `bad_request` */
export function readMacVerifyRequest(body: RequestBody): { readonly data: Buffer; readonly mac: Buffer } {
  const { dataBase64, macBase64 } = pickMembers(body.members, ['dataBase64', 'macBase64']);
  return {
    data: required('dataBase64', optionalOctets('dataBase64', dataBase64)),
    mac: required('macBase64', optionalOctets('macBase64', macBase64)),
  };
}

function required(member: string, octets: Buffer | undefined): Buffer {
  if (octets !== undefined) return octets;
  throw badRequest(`${member} is required!`, { reason: 'FIELD_REQUIRED', member });
}
