import { processEnvironment } from '../../config.ts';
import { isKeyplaneError } from '../../errors.ts';
import { parseJson } from '../../jose/json.ts';
import { readCaFile } from '../../sources/safe-fetch/ca-file.ts';
import {
  createSafeFetch,
  decodeUtf8,
  fetchLimitDefaults,
  parseAllowList,
} from '../../sources/safe-fetch/safe-fetch.ts';
import { wrongUsage } from '../failure.ts';
import { withProgress } from '../terminal/progress.ts';
import { type LintFinding, rejection, warning } from './finding.ts';
import { lintDocument } from './lint-document.ts';

/**
 * Fetches a URL as the manager does. The given host may be private, because the person named it; the target of a redirect
 * may not, unless the allow list names it.
 */
export async function lintUrl(url: string, urlAllow: string | undefined): Promise<readonly LintFinding[]> {
  const named = urlAllow ?? processEnvironment().KEYPLANE_URL_ALLOW ?? '';
  const found: LintFinding[] = [];
  if (/^http:/i.test(url)) {
    const problem = 'It is fetched without encryption: anybody on the network path can replace the keys';
    found.push(warning('', problem, 'Publish it over https'));
  }
  try {
    const text = await withProgress('Fetching', fetchText(url, named, found));
    return [
      ...found,
      ...(await lintDocument(parseJson(text, 'Answer of the URL'), { isUrl: true, now: new Date() })),
    ];
  } catch (error) {
    return [
      ...found,
      rejection(error, '', 'The URL must return a JWK or a JWK Set within the limits of the manager'),
    ];
  }
}

async function fetchText(url: string, named: string, found: LintFinding[]): Promise<string> {
  try {
    return await fetchAllowing(url, named);
  } catch (error) {
    const host = URL.parse(url)?.hostname.replace(/^\[(.*)\]$/, '$1');
    if (!host || !isKeyplaneError(error) || error.reason !== 'URL_NOT_ALLOWED') throw error;
    const text = await fetchAllowing(url, `${named} ${host}`);
    const remedy = `Start managers with KEYPLANE_URL_ALLOW=${host}, or publish it at a public address`;
    found.push(warning('', 'It is at a private address, from which the manager does not fetch', remedy));
    return text;
  }
}

async function fetchAllowing(url: string, allow: string): Promise<string> {
  const caFile = processEnvironment().KEYPLANE_URL_CA_FILE;
  const trusted = caFile ? { ca: authorities(caFile) } : {};
  const safeFetch = createSafeFetch({ allow: allowList(allow), ...trusted });
  try {
    const { body } = await safeFetch.fetch(url, fetchLimitDefaults);
    return decodeUtf8(body);
  } finally {
    await safeFetch.close();
  }
}

function authorities(path: string): string {
  try {
    return readCaFile(path);
  } catch (error) {
    throw wrongUsage(`KEYPLANE_URL_CA_FILE ${error instanceof Error ? error.message : 'is not valid'}`);
  }
}

function allowList(text: string) {
  try {
    return parseAllowList(text);
  } catch (error) {
    throw wrongUsage(
      `--url-allow: ${error instanceof Error ? error.message : 'hosts and CIDRs are accepted'}`,
    );
  }
}
