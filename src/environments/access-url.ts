import { badRequest } from '../errors.ts';

const longestUrl = 2048;

/**
 * Where an environment's gateways are reached; shown to users, never fetched.
 * @throws KeyplaneError `bad_request` for anything but an http(s) URL, and for one that contains a password
 */
export function checkAccessUrl(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  const url = text.length <= longestUrl ? URL.parse(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw badRequest(`accessUrl must be an http or https URL of at most ${longestUrl} characters!`, {
      reason: 'FIELD_NOT_VALID',
      member: 'accessUrl',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw badRequest('accessUrl must not hold a user or a password!', {
      reason: 'FIELD_NOT_VALID',
      member: 'accessUrl',
    });
  }
  return text;
}
