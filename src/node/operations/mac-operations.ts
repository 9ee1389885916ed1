// MACs over octets as they are, without the header of a JWS (RFC 7518 §3.2 has the algorithms).

import { readMacRequest, readMacVerifyRequest } from '../../operations/mac-request.ts';
import { requireLease, whenLeased } from './leased.ts';
import type { OperationContext, PerformCall } from './operation-call.ts';

export function createMac(context: OperationContext): PerformCall {
  const { now, count } = context;

  return async ({ application, target, body }) => {
    const leased = whenLeased(context, target);
    if (leased !== undefined) await leased;
    const { jwkId, key } = target.macKey(now());
    const outcome = (succeeded: boolean) =>
      count({
        applicationId: application.id,
        jwkId,
        operation: 'MAC',
        outcome: succeeded ? 'SUCCEEDED' : 'REFUSED',
      });
    try {
      requireLease(context, target);
      const { data } = readMacRequest(body);
      const mac = await key.algorithm.sign(key.key, data);
      outcome(true);
      return `"macBase64":"${mac.toString('base64')}","kid":${JSON.stringify(key.kid ?? null)}`;
    } catch (error) {
      outcome(false);
      throw error;
    }
  };
}

/** A MAC names no key: on a ring, each that still verifies is tried. */
export function createMacVerify({ now, count }: OperationContext): PerformCall {
  return async ({ application, target, body }) => {
    const keys = target.macKeys(now());
    const { data, mac } = readMacVerifyRequest(body);
    let match: string | undefined;
    for (const { jwkId, key } of keys) {
      if (await key.algorithm.verify(key.key, data, mac)) match = jwkId;
    }
    const jwkId = match ?? target.usedJwkId;
    if (jwkId !== undefined) {
      const outcome = match === undefined ? 'REFUSED' : 'SUCCEEDED';
      count({ applicationId: application.id, jwkId, operation: 'MAC', outcome });
    }
    return `"valid":${match !== undefined}`;
  };
}
