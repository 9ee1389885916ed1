import { badRequest } from '../../errors.ts';
import { streamPath } from '../../protocol/messages.ts';
import { isLoopback } from '../../runtime/loopback.ts';

/** Each address once. @throws KeyplaneError `bad_request`, in words for the operator */
export function streamUrls(managerUrls: readonly string[]): readonly URL[] {
  if (managerUrls.length === 0)
    throw badRequest('--manager is missing: the address of a manager is accepted');
  return [...new Map(managerUrls.map((url) => [streamUrl(url).href, streamUrl(url)])).values()];
}

/**
 * Where the stream of a manager is. Over plain http anyone on the way could see which node is where, and a node of the
 * first release would take any manager for its own when it first comes back: so only on this machine.
 * @throws KeyplaneError `bad_request`, in words for the operator
 */
export function streamUrl(managerUrl: string): URL {
  const url = URL.canParse(managerUrl) ? new URL(managerUrl) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw badRequest('--manager is not the address of a manager: an http or https URL is accepted');
  }
  if (url.username !== '' || url.password !== '') {
    throw badRequest('--manager must not hold a user or password: the token comes from KEYPLANE_NODE_TOKEN');
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw badRequest(
      '--manager is plain http to another machine, where others could read and stop what is said: use https',
    );
  }
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.pathname = url.pathname.replace(/\/+$/, '') + streamPath;
  url.search = '';
  url.hash = '';
  return url;
}
