import type { DeployedContent, DeployedKind } from '../protocol/content.ts';

/** How a kind of object is turned into what a node gets. Each room that has such objects brings its own. */
export interface ContentReader<Nouns> {
  readonly kind: DeployedKind;
  /** Contents of these objects for this environment; those that are not there are left out. */
  read(nouns: Nouns, environmentId: string, ids: readonly string[]): Promise<readonly DeployedContent[]>;
  /** Contents of all objects of a project that belong in this environment, in pages. */
  readProject(
    nouns: Nouns,
    environmentId: string,
    projectId: string,
  ): AsyncIterable<readonly DeployedContent[]>;
}

/** Told of an object whose seal does not open any more. */
export type OnUnreadable = (object: { readonly kind: DeployedKind; readonly objectId: string }) => void;

/** The contents that can be read: a seal that does not open costs its own object, not those beside it. */
export function readableContents<Stored extends { readonly id: string }>(
  objects: readonly Stored[],
  kind: DeployedKind,
  {
    read,
    onUnreadable,
  }: { read: (object: Stored) => DeployedContent | undefined; onUnreadable: OnUnreadable },
): readonly DeployedContent[] {
  return objects.flatMap((object) => {
    try {
      return read(object) ?? [];
    } catch {
      onUnreadable({ kind, objectId: object.id });
      return [];
    }
  });
}
