// The types of events. A type is what happened to which kind of object; the list is closed, so that a subscription with a
// misspelled type is rejected instead of waiting in vain.

export const eventTypes = Object.freeze([
  'keyring.staged',
  'keyring.ready',
  'keyring.activated',
  'keyring.retired',
  'keyring.revoked',
  'keyring.blocked',
  'keyring.late',
  'jwk.created',
  'jwk.updated',
  'jwk.deleted',
  'jwk.expiring',
  'source.failing',
  'source.gone',
  'node.away',
  'node.diverged',
  'outlet.failing',
] as const);
export type EventType = (typeof eventTypes)[number];

export const eventObjectTypes = Object.freeze(['key-ring', 'jwk', 'node', 'outlet'] as const);
export type EventObjectType = (typeof eventObjectTypes)[number];

const allTypes = '*';
const families = [...new Set(eventTypes.map((type) => `${type.slice(0, type.indexOf('.'))}.*`))];

/** What a subscription may name: a type, all types of a kind of object such as `keyring.*`, or `*`. */
export const eventPatterns: readonly string[] = Object.freeze([...eventTypes, ...families, allTypes]);

export function isEventPattern(text: string): boolean {
  return eventPatterns.includes(text);
}

/** The types that any of the patterns names, in the order of the list. */
export function typesOf(patterns: readonly string[]): readonly EventType[] {
  return eventTypes.filter((type) =>
    patterns.some(
      (pattern) =>
        pattern === type ||
        pattern === allTypes ||
        (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))),
    ),
  );
}
