import { createHmac, type Hmac, type KeyObject } from 'node:crypto';

/** What a request means: not how its JSON was spelled, nor where a boundary of its parts lay. */
export interface RequestMeaning {
  readonly method: string;
  /** The pattern of the path; what stands in its places is in `params`. */
  readonly route: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** Keyed, because a body may hold a password, and a bare hash would allow guessing with a copy of the database. */
export function requestHash(key: KeyObject, { method, route, params, query, body }: RequestMeaning): Buffer {
  const hmac = createHmac('sha256', key);
  feed(hmac, [method, route, params ?? null, query ?? null, body ?? null]);
  return hmac.digest();
}

/** Each value with its kind and length before it, so that no two values feed the same bytes. */
function feed(hmac: Hmac, value: unknown): void {
  if (typeof value === 'string') {
    hmac.update(`s${value.length}:`).update(value);
  } else if (Array.isArray(value)) {
    hmac.update(`a${value.length}:`);
    for (const item of value) feed(hmac, item);
  } else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    hmac.update(`o${members.length}:`);
    for (const member of members) feed(hmac, member);
  } else {
    hmac.update(`p${String(value)};`);
  }
}
