import type { StoredEvent } from '../../../src/events/event.ts';

export function storedEvent(sequence: number, objectName: string, at = new Date(0)): StoredEvent {
  return {
    projectId: 'p',
    sequence,
    id: `id-${sequence}`,
    type: 'jwk.updated',
    objectType: 'jwk',
    objectName,
    kid: null,
    facts: {},
    at,
  };
}
