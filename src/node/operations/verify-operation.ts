import type { OperationKey } from '../../operations/operation-key.ts';
import { type Verdict, verifyJws } from '../../operations/verify-jws.ts';
import { readVerifyRequest } from '../../operations/verify-request.ts';
import {
  type AnswerMembers,
  type OperationContext,
  type PerformCall,
  secondsText,
} from './operation-call.ts';

export function createVerify({ now, contact, count, inTurn }: OperationContext): PerformCall {
  let asOfSeconds: number | undefined;
  let asOf = '"asOf":null';

  /** When the node last heard from a manager; the text is made once a second at most. */
  function setAsOf(): void {
    const { lastSeenAt } = contact;
    const seconds = lastSeenAt === undefined ? undefined : Math.floor(lastSeenAt / 1000);
    if (seconds === asOfSeconds) return;
    asOfSeconds = seconds;
    asOf = `"asOf":${seconds === undefined ? 'null' : `"${secondsText(seconds)}"`}`;
  }

  function answer(verdict: Verdict): AnswerMembers {
    setAsOf();
    if (!verdict.valid) {
      const claim = verdict.reason === 'CLAIM' ? `"claim":${JSON.stringify(verdict.claim)},` : '';
      return `"valid":false,"reason":"${verdict.reason}",${claim}${asOf}`;
    }
    const { kid, keyState, header, unprotectedHeader, claimsText, payload } = verdict;
    const known = `"kid":${JSON.stringify(kid ?? null)},"keyState":${JSON.stringify(keyState)}`;
    const unprotected =
      unprotectedHeader === undefined ? '' : `"unprotectedHeader":${JSON.stringify(unprotectedHeader)},`;
    const content =
      claimsText === undefined ? `"payloadBase64":"${payload.toString('base64')}"` : `"claims":${claimsText}`;
    return `"valid":true,${known},"header":${JSON.stringify(header)},${unprotected}${content},${asOf}`;
  }

  return async ({ application, target, body }) => {
    const at = now();
    const keys = target.keys(at);
    const { jws, clockSkewMs = target.clockSkewMs, ...expected } = readVerifyRequest(body);
    let jwkId: string | undefined;
    const verifying = {
      algorithmNames: keys.algorithmNames,
      find: (kid: string | undefined) => {
        const found = keys.find(kid);
        jwkId = found?.jwkId;
        return found;
      },
      inTurn: (key: OperationKey, run: () => boolean | Promise<boolean>) =>
        inTurn(key.algorithm, application, run),
    };
    const verdict = await verifyJws(jws, verifying, { ...expected, now: at, clockSkewMs });
    if (jwkId !== undefined) {
      const outcome = verdict.valid ? 'SUCCEEDED' : 'REFUSED';
      count({ applicationId: application.id, jwkId, operation: 'VERIFY', outcome });
    }
    return answer(verdict);
  };
}
