// What may stand in an audit record beside its names: a few short facts. A key, a certificate or a keystore does
// not fit. Text that is too long or holds PEM is withheld, since it may come from a request and must not make it
// fail; a name that only secrets have, or a value that is not plain, is a programming error and is rejected.

import { KeyplaneError } from '../errors.ts';
import { privateMemberNames } from '../jose/key-types.ts';
import type { AuditEvent } from './audit-log.ts';

const longestName = 256;
/** A reason that a rule requires has up to 500 characters. */
const longestText = 512;
const mostDetails = 16;
const namePattern = /^[a-z][A-Za-z0-9]{0,63}$/;
/** Names under which the program keeps what is never shown, beside the private members of any JWK. */
const secretNames =
  /^(password|keyPasswords?|passphrase|token|secret|content|file|jwk|jwkStr|privateMembers)$/i;
const pemBegin = '-----BEGIN';

/** @throws KeyplaneError `internal_error`: the caller passed something that is no short public fact */
export function publicDetails(details: AuditEvent['details']): AuditEvent['details'] {
  const entries = Object.entries(details);
  if (entries.length > mostDetails) throw refused('there are too many');
  return Object.fromEntries(entries.map(([name, value]) => [name, publicValue(name, value)]));
}

/** Cut to what a record may hold, and to characters that both databases keep as they are. */
export function shortText(text: string, longest = longestName): string {
  const clean = text.toWellFormed().replaceAll('\0', '\uFFFD');
  if (clean.length <= longest) return clean;
  return `${clean.slice(0, longest - 1).toWellFormed()}…`;
}

function publicValue(name: string, value: unknown): string | number | boolean | null {
  if (!namePattern.test(name)) throw refused('a name is not a plain word');
  if (secretNames.test(name) || privateMemberNames.has(name.toLowerCase()))
    throw refused(`${name} is the name of a secret`);
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'string') throw refused(`${name} is not a plain value`);
  const isShown = value.length <= longestText && !value.includes(pemBegin);
  return isShown ? shortText(value, longestText) : `(${value.length} characters)`;
}

function refused(reason: string): KeyplaneError {
  return new KeyplaneError('internal_error', 'An unexpected error occurred', {
    detail: `details of an audit event are refused: ${reason}`,
  });
}
