import { badRequest } from '../errors.ts';

/** What passes a gate, and why; the reason goes into the audit log. */
export interface Force {
  readonly force: boolean;
  readonly reason: string | null;
}

const [shortest, longest] = [3, 500];

/** @throws KeyplaneError `bad_request` for force without a reason, and for a reason that is none */
export function readForce(given: {
  readonly force?: boolean | undefined;
  readonly reason?: string | undefined;
}): Force {
  const force = given.force ?? false;
  const reason = given.reason?.trim() ?? '';
  if (force || given.reason !== undefined) {
    const length = [...reason].length;
    if (length < shortest || length > longest) {
      throw badRequest(`reason must have ${shortest} to ${longest} characters!`, {
        reason: reason === '' ? 'FIELD_REQUIRED' : 'FIELD_NOT_VALID',
        member: 'reason',
      });
    }
  }
  return { force, reason: reason === '' ? null : reason };
}
