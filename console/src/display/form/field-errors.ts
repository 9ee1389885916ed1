import { KeyplaneApiError } from '../../../../clients/typescript/src/index.ts';
import { errorText } from '../error-note.tsx';

export interface FieldErrors<Field extends string> {
  readonly of: (field: Field) => string | undefined;
  /** What belongs beside no field. */
  readonly rest: unknown;
}

/**
 * Puts an error of the server beside a field: the one that is called as the member at fault. Of an error that names no
 * member, the first field whose pattern fits the text.
 */
export function fieldErrors<Field extends string>(
  error: unknown,
  fields: readonly (readonly [field: Field, text?: RegExp])[],
): FieldErrors<Field> {
  if (!(error instanceof KeyplaneApiError)) return { of: () => undefined, rest: error };
  const ofMember = fields.find(([field]) => field === error.member);
  const [found] = ofMember ?? fields.find(([, text]) => text?.test(error.message)) ?? [];
  return {
    of: (field) => (field === found ? errorText(error) : undefined),
    rest: found === undefined ? error : null,
  };
}
