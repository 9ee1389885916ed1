// The status words, each with one sentence of explanation. Only a status that needs attention has a colour.

export type Tone = 'good' | 'quiet' | 'attention' | 'problem';

export interface StatusWord {
  readonly word: string;
  readonly tone: Tone;
  /** One sentence. */
  readonly meaning: string;
}

/** By the API's state of a node. */
export const nodeStatuses = {
  CURRENT: {
    word: 'current',
    tone: 'good',
    meaning: 'The node is connected and has confirmed every change of its environment.',
  },
  LAGGING: {
    word: 'lagging',
    tone: 'attention',
    meaning: 'The node is connected and has not confirmed the latest change yet.',
  },
  REFUSED: {
    word: 'rejected',
    tone: 'problem',
    meaning: 'The node rejected a change and keeps serving what it had before.',
  },
  DISCONNECTED: {
    word: 'not connected',
    tone: 'attention',
    meaning: 'The node has no connection to a manager and keeps serving what it had last.',
  },
} as const satisfies Record<string, StatusWord>;

/** Of a JWK in one environment. */
export const deploymentStatuses = {
  DEPLOYED: { word: 'deployed', tone: 'good', meaning: 'Every node of the environment has it.' },
  PARTIAL: {
    word: 'partial',
    tone: 'attention',
    meaning: 'Some nodes of the environment have it; the manager keeps sending it to the others.',
  },
  MISSING: {
    word: 'missing',
    tone: 'problem',
    meaning: 'No node of the environment has it yet; the manager keeps sending it.',
  },
  NO_NODES: {
    word: 'no nodes',
    tone: 'attention',
    meaning: 'No node has joined the environment, so nothing serves it there.',
  },
} as const satisfies Record<string, StatusWord>;

/** Of a JWK in time. */
export const validityStatuses = {
  valid: { word: 'valid', tone: 'quiet', meaning: 'It expires in more than 30 days.' },
  expiring: { word: 'expiring', tone: 'attention', meaning: 'It expires within 30 days.' },
  expired: { word: 'expired', tone: 'problem', meaning: 'Its expiration time has passed.' },
  'not yet valid': {
    word: 'not yet valid',
    tone: 'quiet',
    meaning: 'Its not-before time is still to come.',
  },
  'no expiry': { word: 'no expiry', tone: 'quiet', meaning: 'It has no expiration time.' },
} as const satisfies Record<string, StatusWord>;

export type ValidityState = keyof typeof validityStatuses;

/** Of a JWK that follows a URL. */
export const sourceStatuses = {
  FRESH: { word: 'fresh', tone: 'quiet', meaning: 'The last fetch of the URL succeeded.' },
  FAILING: {
    word: 'failing',
    tone: 'problem',
    meaning: 'The last fetch of the URL failed; the JWK keeps the key that it has.',
  },
  GONE: {
    word: 'gone',
    tone: 'problem',
    meaning: 'The URL no longer lists the key; the JWK keeps the key that it has.',
  },
} as const satisfies Record<string, StatusWord>;
