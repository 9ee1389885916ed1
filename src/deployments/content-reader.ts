import type { DeployedContent, DeployedKind } from '../protocol/content.ts';
import { contentDigest } from '../protocol/state-digest.ts';

/** How a kind of object is turned into what a node gets. Each room that has such objects brings its own. */
export interface ContentReader<Stores> {
  readonly kind: DeployedKind;
  /**
   * Contents of these objects for this environment; those that are not there are left out. Of an object that depends on a
   * row without a MAC there may be several, as stored first: the one with the digest of the desired row is sent.
   */
  read(stores: Stores, environmentId: string, ids: readonly string[]): Promise<readonly DeployedContent[]>;
  /**
   * All objects of a project that belong in this environment, each with the digest of its content, in pages that do not
   * hold the event loop.
   */
  digestsOfProject(
    stores: Stores,
    environmentId: string,
    projectId: string,
  ): AsyncIterable<readonly ObjectDigest[]>;
  /**
   * Before a project reaches an environment that it did not reach.
   * @throws KeyplaneError `bad_request` where what it has must not be there together
   */
  refuseGain?(stores: Stores, environmentId: string, projectId: string): Promise<void>;
  /** After all that a project has became desired in an environment that it did not reach. */
  gained?(stores: Stores, environmentId: string, projectId: string): Promise<void>;
}

/** An object's id, and the SHA-256 of its content. */
export type ObjectDigest = readonly [objectId: string, digest: Buffer];

/** Called for an object whose seal does not open any more. */
export type OnUnreadable = (object: { readonly kind: DeployedKind; readonly objectId: string }) => void;

/** The digests of readable objects: a seal that does not open leaves out its own object only. */
export function readableDigests<Stored extends { readonly id: string }>(
  objects: readonly Stored[],
  kind: DeployedKind,
  {
    read,
    onUnreadable,
  }: { read: (object: Stored) => DeployedContent | undefined; onUnreadable: OnUnreadable },
): readonly ObjectDigest[] {
  return objects.flatMap((object): readonly ObjectDigest[] => {
    try {
      const content = read(object);
      return content ? [[object.id, contentDigest(content)]] : [];
    } catch {
      onUnreadable({ kind, objectId: object.id });
      return [];
    }
  });
}
