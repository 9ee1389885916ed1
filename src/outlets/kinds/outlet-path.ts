// Paths of outlets: relative, below the folder of the project, and no way out of it.

import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';
import type { OutletJson } from '../outlet-source.ts';
import { requireText } from './read-members.ts';

/** What a form says of a path. */
export const belowProject = 'Below the folder of the project in the outlet-dir of the nodes';

const segmentPattern = /^[\p{L}\p{N}._-][\p{L}\p{M}\p{N}._-]*$/u;
/** File systems have 255 bytes for a name. */
const longestSegmentBytes = 200;
const longestPath = 512;
const mostSegments = 16;

/**
 * Names that start with two dots are kept for temporary files and for the symlink layout.
 * @throws KeyplaneError `bad_request`
 */
export function requirePath(given: OutletJson, name: string, at: string): string {
  const text = requireText(given, name, at, 4096).normalize('NFC');
  if (isOutletPath(text)) return text;
  const member = `${at}.${name}`;
  throw badRequest(
    `${member} (${shownText(text)}) is not valid! It takes a path below the folder of the project, such as envoy/jwks.json: up to ${mostSegments} names of letters, digits, ".", "_" and "-", separated by "/", none of them "." and none that starts with ".."`,
    { reason: 'FIELD_NOT_VALID', member },
  );
}

/** The node checks it again: it need not trust what it is sent. */
function isOutletPath(path: string): boolean {
  const segments = path.split('/');
  return path.length <= longestPath && segments.length <= mostSegments && segments.every(isSegment);
}

export function isSegment(segment: string): boolean {
  return (
    segmentPattern.test(segment) &&
    segment !== '.' &&
    !segment.startsWith('..') &&
    Buffer.byteLength(segment) <= longestSegmentBytes
  );
}
