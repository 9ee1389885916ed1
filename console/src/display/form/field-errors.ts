import { KeyplaneApiError } from '../../../../clients/typescript/src/index.ts';
import { errorText } from '../error-note.tsx';

export interface FieldErrors<Field extends string> {
  readonly of: (field: Field) => string | undefined;
  /** What belongs beside no field. */
  readonly rest: unknown;
}

/**
 * Puts an error of the server beside a field: the one that is called as the member at fault, or that lists it. A field
 * that edits a list has all that is in it.
 */
export function fieldErrors<Field extends string>(
  error: unknown,
  fields: readonly (readonly [field: Field, ...members: readonly string[]])[],
): FieldErrors<Field> {
  if (!(error instanceof KeyplaneApiError)) return { of: () => undefined, rest: error };
  const [list = ''] = error.member?.split('[') ?? [];
  const [found] = fields.find((names) => names.some((name) => name === error.member || name === list)) ?? [];
  return {
    of: (field) => (field === found ? errorText(error) : undefined),
    rest: found === undefined ? error : null,
  };
}
