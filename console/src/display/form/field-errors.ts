import { KeyplaneApiError } from '../../../../clients/typescript/src/index.ts';
import { errorText } from '../error-note.tsx';

export interface FieldErrors<Field extends string> {
  readonly of: (field: Field) => string | undefined;
  /** What belongs beside no field. */
  readonly rest: unknown;
}

/** Puts what the server refused beside the field that its words are about: the first whose pattern they fit. */
export function fieldErrors<Field extends string>(
  error: unknown,
  patterns: readonly (readonly [Field, RegExp])[],
): FieldErrors<Field> {
  if (!(error instanceof KeyplaneApiError)) return { of: () => undefined, rest: error };
  const found = patterns.find(([, pattern]) => pattern.test(error.message))?.[0];
  return {
    of: (field) => (field === found ? errorText(error) : undefined),
    rest: found === undefined ? error : null,
  };
}
