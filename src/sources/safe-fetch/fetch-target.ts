// Which URLs are fetched at all: http and https, bounded, without a user name or password.
// Refuses before anything is resolved; never repeats a URL's query or credentials in a message.

import { badRequest } from '../../errors.ts';
import { FetchFailure } from './fetch-failure.ts';

const urlMaximumLength = 2048;
const shownMaximumLength = 200;

interface TargetProblem {
  /** The whole message when the user's own URL has it. */
  readonly given: string;
  /** Continues `URL (…) redirects to`. */
  readonly redirected: string;
}

/**
 * The URL a user gave, its fragment cut off.
 * @throws KeyplaneError 400
 */
export function parseFetchTarget(text: string): URL {
  const target = read(text, undefined);
  if (!(target instanceof URL)) throw badRequest(target.given);
  return target;
}

/**
 * Where a redirect leads from `from`; every rule of the first URL holds again.
 * @throws FetchFailure
 */
export function parseRedirectTarget(location: string | undefined, from: URL): URL {
  if (location === undefined) throw new FetchFailure('redirects without one Location');
  const target = read(location, from);
  if (!(target instanceof URL)) throw new FetchFailure(`redirects to ${target.redirected}`);
  // https ensures that no intermediary can replace the keys.
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new FetchFailure('redirects from https to http, which is not followed');
  }
  return target;
}

/** The form for messages: scheme, host and path, cut to a bounded length. */
export function shownUrl(url: string | URL): string {
  const parsed = typeof url === 'string' ? URL.parse(url) : url;
  if (parsed === null) return '…';
  const shown = `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  return shown.length > shownMaximumLength ? `${shown.slice(0, shownMaximumLength)}…` : shown;
}

/** Scheme and host alone: a redirect's path was not the user's own. */
export function shownOrigin(url: URL): string {
  return shownUrl(new URL('/', url)).slice(0, -1);
}

function read(text: string, base: URL | undefined): URL | TargetProblem {
  if (text.length > urlMaximumLength) return tooLong;
  // The URL parser drops tabs and line ends and turns a backslash into a slash; such URLs are mistakes.
  const url = /[\p{Cc}\\]/u.test(text) ? null : URL.parse(text, base?.href);
  if (url === null) return notValid;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return wrongScheme(url.protocol);
  if (url.username !== '' || url.password !== '') return withCredentials;
  if (url.port === '0') return portZero;
  if (url.href.length > urlMaximumLength) return tooLong;
  url.hash = '';
  return url;
}

const tooLong: TargetProblem = {
  given: `URL can not be longer than ${urlMaximumLength} characters!`,
  redirected: `a URL of more than ${urlMaximumLength} characters`,
};
const notValid: TargetProblem = {
  given: 'URL is not valid! It has to be absolute, like https://example.com/.well-known/jwks.json',
  redirected: 'a URL that is not valid',
};
const withCredentials: TargetProblem = {
  given: 'URL can not contain a user name or a password!',
  redirected: 'a URL with a user name or a password',
};
const portZero: TargetProblem = { given: 'URL can not have port 0!', redirected: 'port 0' };

function wrongScheme(protocol: string): TargetProblem {
  const scheme = protocol.slice(0, -1).slice(0, 20);
  return {
    given: `URL scheme (${scheme}) is not valid! Valid values: http, https`,
    redirected: `scheme ${scheme}, only http and https are followed`,
  };
}
