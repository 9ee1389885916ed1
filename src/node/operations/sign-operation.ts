import { randomUUID } from 'node:crypto';
import { payloadHeader, type Signer, signJws, signJwsJson } from '../../operations/sign-jws.ts';
import { jwtPayload, readSignRequest, type SignRequest } from '../../operations/sign-request.ts';
import { requireLease, whenLeased } from './leased.ts';
import { type OperationContext, type PerformCall, secondsText } from './operation-call.ts';

export function createSign(context: OperationContext): PerformCall {
  const { now, count, inTurn } = context;

  return async ({ application, target, granted, body }) => {
    const leased = whenLeased(context, target);
    if (leased !== undefined) await leased;
    const at = now();
    const { jwkId, signer } = target.signer(at);
    try {
      requireLease(context, target);
      const { limits } = target;
      const acceptsJsonPayload = limits.acceptsJsonPayload || granted.has('SIGN_RAW');
      const request = readSignRequest(body, { ...limits, acceptsJsonPayload });
      const { header, payload, exp } = contentOf(request, signer, at);
      const { form } = request;
      const isPlain = form.serialization === 'COMPACT' && !form.isDetached;
      const run = () =>
        isPlain ? signJws(signer, header, payload) : signJwsJson(signer, { header, payload, form });
      const made = await inTurn(signer.key.algorithm, application, run);
      count({ applicationId: application.id, jwkId, operation: 'SIGN', outcome: 'SUCCEEDED' });
      const jws = isPlain ? `"${made}"` : made;
      const expiresAt = exp === undefined ? '' : `,"expiresAt":"${secondsText(exp)}"`;
      return `"jws":${jws},"kid":${JSON.stringify(signer.kid ?? null)}${expiresAt}`;
    } catch (error) {
      count({ applicationId: application.id, jwkId, operation: 'SIGN', outcome: 'REFUSED' });
      throw error;
    }
  };
}

interface SignedContent {
  /** base64url. */
  readonly header: string;
  readonly payload: string | Buffer;
  /** Seconds since 1970; undefined: without end. */
  readonly exp?: number;
}

function contentOf(request: SignRequest, signer: Signer, at: number): SignedContent {
  if (request.type === 'PAYLOAD') {
    const { payload, header, form } = request;
    return { header: payloadHeader(signer, header, form), payload };
  }
  const iat = Math.floor(at / 1000);
  const exp = iat + request.lifetimeMs / 1000;
  return {
    header: signer.headerOfJwt,
    payload: jwtPayload(request.claims, { iat, exp, jti: randomUUID() }),
    exp,
  };
}
