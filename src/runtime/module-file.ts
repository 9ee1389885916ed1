/** A release holds compiled JavaScript; a checkout runs the TypeScript itself. */
export const isRelease = import.meta.url.endsWith('.js');

/**
 * The file that a worker or a child process starts.
 * @param source the URL of a TypeScript module beside the one that starts it
 * @returns the same in a checkout, and its compiled form in a release
 */
export function moduleFile(source: URL): URL {
  return isRelease ? new URL(source.href.replace(/\.ts$/, '.js')) : source;
}
