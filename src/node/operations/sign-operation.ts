import { randomUUID } from 'node:crypto';
import { payloadHeader, type Signer, signJws, signJwsJson } from '../../operations/sign-jws.ts';
import { jwtPayload, readSignRequest, type SignRequest } from '../../operations/sign-request.ts';
import { requireLease, whenLeased } from './leased.ts';
import { type OperationContext, type PerformCall, secondsText } from './operation-call.ts';
import type { OperationIndex } from './operation-index.ts';
import { signInTurn } from './sign-in-turn.ts';

interface SignContext extends OperationContext {
  readonly index: Pick<OperationIndex, 'current'>;
}

export function createSign(context: SignContext): PerformCall {
  const { now, count } = context;

  return async ({ application, target, granted, body }) => {
    const leased = whenLeased(context, target);
    if (leased !== undefined) await leased;
    const at = now();
    const { signer: first, jwkId: firstJwkId } = target.signer(at);
    let jwkId = firstJwkId;
    try {
      requireLease(context, target);
      const { limits } = target;
      const acceptsJsonPayload = limits.acceptsJsonPayload || granted.has('SIGN_RAW');
      const request = readSignRequest(body, { ...limits, acceptsJsonPayload });
      const { form } = request;
      const isPlain = form.serialization === 'COMPACT' && !form.isDetached;
      const call = { application, target, signer: first };
      const { made, signer, exp } = await signInTurn(context, call, async (active) => {
        jwkId = active.jwkId;
        const { header, payload, exp } = contentOf(request, active.signer, at);
        const made = await (isPlain
          ? signJws(active.signer, header, payload)
          : signJwsJson(active.signer, { header, payload, form }));
        return { made, signer: active.signer, exp };
      });
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
