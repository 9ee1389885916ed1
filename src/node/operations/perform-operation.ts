// Operations for an application that is known and may have them. The result is JSON text, ready to be sent.

import { isKeyplaneError, type KeyplaneError } from '../../errors.ts';
import { itemsOf, parseBody, type RequestBody } from '../../operations/request-members.ts';
import { needsSignRaw } from '../../operations/sign-request.ts';
import type { GrantOperation } from '../../protocol/content.ts';
import { timeSlices } from '../../runtime/event-loop.ts';
import type { CallingApplication } from './callers/calling-application.ts';
import { createDecrypt, createEncrypt } from './encryption-operations.ts';
import type { GcmUses } from './gcm-uses.ts';
import { createMac, createMacVerify } from './mac-operations.ts';
import type { KeyOperation } from './node-operation.ts';
import type { AnswerMembers, OperationContext, PerformCall } from './operation-call.ts';
import type { OperationIndex } from './operation-index.ts';
import type { OperationTarget } from './operation-target.ts';
import type { RefusalLog } from './refusal-log.ts';
import { createSign } from './sign-operation.ts';
import { createVerify } from './verify-operation.ts';

export interface OperationOptions extends OperationContext {
  /** Takes refusals of items; those of whole requests are the caller's. */
  readonly refusals: Pick<RefusalLog, 'report'>;
  /** Finds the keys of senders. */
  readonly index: Pick<OperationIndex, 'target' | 'current'>;
  readonly gcmUses: GcmUses;
}

export interface OperationRequest {
  readonly application: CallingApplication;
  readonly target: OperationTarget;
  readonly operation: KeyOperation;
  readonly bodyText: string;
  /** What the application may do with the target. */
  readonly granted: ReadonlySet<GrantOperation>;
  /** Signatures that only SIGN_RAW allows have a rate of their own. */
  readonly ratesRawApart: boolean;
  /**
   * Takes the rate of all items; that of one was taken before.
   * @param raw how many of them only SIGN_RAW allows
   * @throws KeyplaneError `rate_limit_exceeded` where there is not as much: then nothing of the request is done
   */
  takeRate(items: { readonly count: number; readonly raw: number }): void;
}

/** @returns JSON text. @throws KeyplaneError */
export type PerformOperation = (request: OperationRequest) => Promise<string>;

export function createOperations(options: OperationOptions): PerformOperation {
  const { refusals, index, gcmUses } = options;
  const performs: Readonly<Record<KeyOperation, PerformCall>> = {
    SIGN: createSign({ ...options, index }),
    VERIFY: createVerify(options),
    ENCRYPT: createEncrypt({ ...options, index, gcmUses }),
    DECRYPT: createDecrypt({ ...options, index }),
    MAC: createMac(options),
    MAC_VERIFY: createMacVerify(options),
  };

  async function performItems(
    items: readonly RequestBody[],
    { application, target, granted, operation }: OperationRequest,
  ): Promise<string> {
    const perform = performs[operation];
    const performItem = async (body: RequestBody): Promise<string> => {
      try {
        return `{"success":true,${await perform({ application, target, granted, body })}}`;
      } catch (error) {
        if (!isKeyplaneError(error)) throw error;
        const { name, project } = application;
        refusals.report({ application: name, project, key: target.name, operation }, error.message);
        return failedItem(error);
      }
    };
    const nextSlice = timeSlices();
    const answers: Promise<string>[] = [];
    for (const item of items) {
      const answer = performItem(item);
      // Awaited below, with all others; until then an error of it is no unhandled one.
      answer.catch(() => undefined);
      answers.push(answer);
      await nextSlice();
    }
    return `{"success":true,"items":[${(await Promise.all(answers)).join(',')}]}`;
  }

  return async (request) => {
    const { application, target, operation, granted } = request;
    const body = parseBody(request.bodyText);
    const items = itemsOf(body);
    const all = items ?? [body];
    request.takeRate({
      count: all.length,
      raw: request.ratesRawApart ? all.filter(needsSignRaw).length : 0,
    });
    if (items === undefined) {
      return answerOf(operation, await performs[operation]({ application, target, granted, body }));
    }
    return performItems(items, request);
  };
}

/** A verdict that something is not valid is no failure, and its response does not say that it succeeded. */
function answerOf(operation: KeyOperation, members: AnswerMembers): string {
  const isVerdict = operation === 'VERIFY' || operation === 'MAC_VERIFY';
  return isVerdict ? `{${members}}` : `{"success":true,${members}}`;
}

function failedItem({ code, message, reason }: KeyplaneError): string {
  return JSON.stringify({ success: false, error: code, error_description: message, reason });
}
