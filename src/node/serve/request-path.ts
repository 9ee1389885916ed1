/**
 * The segments of a request target, each percent-decoded once; one trailing slash is as good as none.
 * Takes the absolute form too (RFC 9112 section 3.2.2).
 * @returns undefined for a target that is no path or is not percent-encoded UTF-8
 */
export function pathSegments(target: string): readonly string[] | undefined {
  const [path = ''] = target.replace(/^https?:\/\/[^/?#]*/i, '').split('?', 1);
  if (!path.startsWith('/')) return undefined;
  const trimmed = path.endsWith('/') ? path.slice(1, -1) : path.slice(1);
  try {
    return trimmed.split('/').map((segment) => decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}
