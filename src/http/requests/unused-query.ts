import { z } from 'zod';
import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';

const mostDays = 3_650;
const dayMs = 24 * 3600 * 1000;

/** Arrives as text, which `readUnused` reads. */
export const unusedForDays = z.string().optional().meta({
  type: 'integer',
  minimum: 1,
  maximum: mostDays,
  description: 'Those that exist for this number of days and that no application used in it, such as `90`',
});

/** @throws KeyplaneError `bad_request` */
export function readUnused(text: string | undefined): { readonly unusedSince?: Date } {
  if (text === undefined || text === '') return {};
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= mostDays) return { unusedSince: new Date(Date.now() - days * dayMs) };
  throw badRequest(
    `unusedForDays (${shownText(text)}) is not valid! It takes a whole number from 1 to ${mostDays}`,
    { reason: 'FIELD_NOT_VALID', member: 'unusedForDays' },
  );
}
