// WEBHOOK: events of a project, sent by the manager by Standard Webhooks 1.0. Never key material.

import { eventPatterns, isEventPattern } from '../../events/event-types.ts';
import { shownText } from '../../names.ts';
import { readWebhookSecret } from '../../webhooks/signature.ts';
import type { OutletJson } from '../outlet-source.ts';
import type { OutletFieldRow } from './outlet-field.ts';
import type { ManagerOutletKind } from './outlet-kind.ts';
import { memberNotValid, requireKnownMembers, requireText } from './read-members.ts';

export interface WebhookTarget {
  readonly url: string;
  /** Patterns of types. */
  readonly events: readonly string[];
}

/** Receivers change theirs at another time, so a secret that was replaced signs as well until then. */
interface FormerSecret {
  readonly secret: string;
  readonly until: string;
}

interface WebhookCredential {
  readonly secret: string;
  /** The newest first. An earlier build kept one alone. */
  readonly former?: FormerSecret | readonly FormerSecret[];
}

const mostPatterns = 64;
const formerSecretMs = 24 * 3600 * 1000;
/** Each has one more signature in each message. */
const mostFormer = 8;

const fields: readonly OutletFieldRow[] = [
  [
    {
      member: 'target.url',
      label: 'URL',
      placeholder: 'https://receiver.example/keyplane',
      input: { type: 'LINE' },
      flag: { name: 'webhook-url', argument: 'URL', text: 'where events are sent' },
    },
  ],
  [
    {
      member: 'target.events',
      label: 'Events',
      description: 'A type, or all of a kind, such as keyring.*',
      input: { type: 'LIST', options: eventPatterns, clearLabel: 'Remove all events' },
      flag: {
        name: 'events',
        argument: 'TYPES',
        text: 'such as keyring.* or jwk.expiring, separated by commas',
      },
    },
  ],
  [
    {
      member: 'credential.secret',
      label: 'Secret',
      description: 'whsec_ and 24 to 64 random bytes in base64. It signs each event',
      input: { type: 'SECRET', variable: 'WEBHOOK_SECRET' },
    },
  ],
];

export const webhook: ManagerOutletKind<'WEBHOOK'> = {
  name: 'WEBHOOK',
  words: {
    title: 'Events to a webhook',
    shortTitle: 'Webhook',
    example:
      "outlet create chat --kind WEBHOOK --webhook-url https://hooks.example.com/keyplane --events 'keyring.*,jwk.expiring' --credential-file secret.json",
    credential: 'secret of WEBHOOK',
    deletion: 'Its URL gets no events from now on.',
  },
  fields,
  runsAt: 'MANAGER',
  testText: 'A WEBHOOK is sent an event of type `outlet.test`',
  contents: ['EVENTS'],
  defaultContent: 'EVENTS',
  confirms: false,

  sources: () => ['PROJECT'],

  readTarget(given) {
    requireKnownMembers(given, ['url', 'events'], 'target');
    const url = requireText(given, 'url', 'target');
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const isHttp = parsed?.protocol === 'https:' || parsed?.protocol === 'http:';
    if (!parsed || !isHttp || parsed.username !== '' || parsed.password !== '' || parsed.hash !== '') {
      throw memberNotValid('target.url', 'It takes an http or https URL without credentials');
    }
    const { events } = given;
    if (!Array.isArray(events) || events.length === 0 || events.length > mostPatterns) {
      throw memberNotValid(
        'target.events',
        `It takes 1 to ${mostPatterns} types of events, such as keyring.*`,
      );
    }
    const wrong = events.find((event) => typeof event !== 'string' || !isEventPattern(event));
    if (wrong !== undefined) {
      const shown = typeof wrong === 'string' ? ` not ${shownText(wrong)}. Valid values:` : '';
      throw memberNotValid('target.events', `It takes types of events,${shown} ${eventPatterns.join(', ')}`);
    }
    return { url, events: [...new Set(events)] };
  },

  takesCredential: () => true,

  readCredential(given, { now, former }) {
    requireKnownMembers(given, ['secret'], 'credential');
    const secret = requireText(given, 'secret', 'credential', 512);
    if (readWebhookSecret(secret) === undefined) {
      throw memberNotValid('credential.secret', 'It takes whsec_ and 24 to 64 random bytes in base64');
    }
    const before = former as unknown as WebhookCredential | null;
    if (before === null) return { secret };
    if (before.secret === secret) return { ...before };
    const until = new Date(now.getTime() + formerSecretMs).toISOString();
    const replaced = [{ secret: before.secret, until }, ...formerOf(before, now)];
    return { secret, former: replaced.filter((one) => one.secret !== secret).slice(0, mostFormer) };
  },

  claims: () => [],
};

/** What signs now, the newest first. */
export function keysOfCredential(credential: OutletJson | null, now: Date): readonly Buffer[] {
  if (credential === null) return [];
  const known = credential as unknown as WebhookCredential;
  const secrets = [known.secret, ...formerOf(known, now).map(({ secret }) => secret)];
  return secrets.flatMap((one) => readWebhookSecret(one) ?? []);
}

/** Those that still sign. */
function formerOf({ former = [] }: WebhookCredential, now: Date): readonly FormerSecret[] {
  return [former].flat().filter(({ until }) => new Date(until) > now);
}
