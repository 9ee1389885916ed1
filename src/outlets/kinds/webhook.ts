// WEBHOOK: events of a project, sent by the manager by Standard Webhooks 1.0. Never key material.

import type { ManagerOutletKind } from './outlet-kind.ts';
import { notValid, requireKnownMembers, requireText } from './read-members.ts';

const mostPatterns = 64;
/** `*` stands for all, `keyring.*` for all of a kind. */
const patternText = /^(?:\*|[a-z]+\.(?:\*|[a-z]+))$/;

export const webhook: ManagerOutletKind = {
  name: 'WEBHOOK',
  runsAt: 'MANAGER',
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
      throw notValid('target.url', 'It takes an http or https URL without credentials');
    }
    const { events } = given;
    if (!Array.isArray(events) || events.length === 0 || events.length > mostPatterns) {
      throw notValid('target.events', `It takes 1 to ${mostPatterns} types of events, such as keyring.*`);
    }
    const wrong = events.find((event) => typeof event !== 'string' || !patternText.test(event));
    if (wrong !== undefined) {
      throw notValid('target.events', 'It takes types of events, such as keyring.activated or keyring.*');
    }
    return { url, events: [...new Set(events)] };
  },

  takesCredential: () => true,

  readCredential(given) {
    requireKnownMembers(given, ['secret'], 'credential');
    return { secret: requireText(given, 'secret', 'credential', 512) };
  },

  claims: () => [],
};
