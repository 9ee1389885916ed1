// What a kind of outlet brings. A kind is one file beside this one and one line in `list.ts`.

import type { SafeFetch } from '../../sources/safe-fetch/safe-fetch.ts';
import type { Artifact } from '../content/artifact.ts';
import type { OutletContent } from '../content/outlet-content.ts';
import type { OutletJson, OutletSourceType } from '../outlet-source.ts';
import type { OutletFieldRow } from './outlet-field.ts';
import type { ProjectFolder } from './project-folder.ts';

/** What people read of a kind; without a full stop, but for texts of the console. */
export interface OutletKindWords {
  /** Where it delivers to. */
  readonly title: string;
  /** In lists, where the title is too long. */
  readonly shortTitle: string;
  /** A command that creates one. */
  readonly example: string;
  /** What its credentials are, in one phrase; absent: it takes none. */
  readonly credential?: string;
  /** What a deletion means for its readers. */
  readonly deletion: string;
  /** What stays after a deletion: as the API says it, and as a phrase. */
  readonly leaves?: { readonly sentence: string; readonly phrase: string };
  /** Of kinds where `force` replaces what another program wrote; absent: `force` does nothing more. */
  readonly takeOver?: { readonly what: string; readonly text: string };
}

/** What the manager checks when an outlet is created or changed. */
interface OutletKindRules<Name extends string> {
  readonly name: Name;
  readonly words: OutletKindWords;
  /** Of the target and of the credential. What of it is secret is a credential. */
  readonly fields: readonly OutletFieldRow[];
  readonly contents: readonly OutletContent[];
  /** Where a request names none; without it a request must. */
  readonly defaultContent?: OutletContent;
  /** Whether deliveries have a digest, and so count in the gate of a key ring. */
  readonly confirms: boolean;
  /** What a content is made from. */
  sources(content: OutletContent): readonly OutletSourceType[];
  /**
   * @returns the target as it is stored
   * @throws KeyplaneError `bad_request`
   */
  readTarget(given: OutletJson, content: OutletContent): OutletJson;
  /** Whether an outlet with this content has a credential: it must have one, or must not. */
  takesCredential(content: OutletContent): boolean;
  /**
   * @param former what it had, where the credential is replaced
   * @returns what is sealed
   * @throws KeyplaneError `bad_request`
   */
  readCredential(
    given: OutletJson,
    at: { readonly now: Date; readonly former: OutletJson | null },
  ): OutletJson;
  /** The token profile of the project that a credential signs in with; undefined: none. Absent: no credential has one. */
  tokenProfileOf?(credential: OutletJson): string | undefined;
  /** Names of what it writes to: no two outlets of a project have one in common, nor one below another (`a/b` is below `a`), unless they are exact. */
  claims(target: OutletJson, content: OutletContent): readonly Claim[];
}

/** A place that an outlet writes to. */
export interface Claim {
  /** Within which `path` counts: the folder of the project, or an address. */
  readonly space: string;
  readonly path: string;
  /** Other outlets may write there as well, if it is shared for them too: a touched file. */
  readonly shared?: true;
  /** It is a name and no folder: nothing is below it, and upper and lower case differ. */
  readonly exact?: true;
}

/** Delivered by the nodes, into files. Of a credential, nodes are sent its `password` alone. */
export interface NodeOutletKind<Name extends string = string> extends OutletKindRules<Name> {
  readonly runsAt: 'NODE';
  /** Writes what differs. It is called again, also after a restart, until it succeeds. */
  deliver(delivery: NodeDelivery, folder: ProjectFolder): Promise<NodeDelivered>;
  /**
   * Whether it could be delivered now: what a test writes, it removes.
   * @throws as `deliver`
   */
  probe(
    delivery: Pick<NodeDelivery, 'target' | 'content' | 'artifact'>,
    folder: ProjectFolder,
  ): Promise<void>;
  /** Removes what it has written. */
  remove(written: WrittenFiles, folder: ProjectFolder): Promise<void>;
}

export interface NodeDelivery {
  readonly target: OutletJson;
  readonly content: OutletContent;
  readonly artifact: Artifact;
  /** Write it even where nothing differs. */
  readonly force: boolean;
  /** What earlier deliveries of this outlet left; undefined: nothing that is known. */
  readonly before: WrittenFiles | undefined;
  /** Called before anything is written that `remove` would have to know of. */
  readonly willWrite: (written: WrittenFiles) => Promise<void>;
}

/** What is kept about an outlet's files, on the disk of the node. */
export interface WrittenFiles {
  readonly target: OutletJson;
  readonly content: OutletContent;
  /** Of a folder. */
  readonly names: readonly string[];
  /** The component was not yet notified of the last change. */
  readonly mustNotify: boolean;
}

export interface NodeDelivered {
  readonly written: WrittenFiles;
  /** False: everything was there already. */
  readonly changed: boolean;
}

/** Delivered by the manager, over the network. */
export interface ManagerOutletKind<Name extends string = string> extends OutletKindRules<Name> {
  readonly runsAt: 'MANAGER';
  /** What a test does. */
  readonly testText: string;
  /** Undefined where events are delivered, and not keys. */
  readonly keys?: ManagerKeyDelivery;
}

export interface ManagerKeyDelivery {
  /**
   * Writes what differs.
   * @throws KeyplaneError `bad_request`, with a text for the operator
   */
  deliver(delivery: ManagerDelivery, access: ManagerAccess): Promise<ManagerDelivered>;
  /** Whether it could be delivered; nothing is written. @throws KeyplaneError as `deliver` */
  probe(delivery: Pick<ManagerDelivery, 'target' | 'credential'>, access: ManagerAccess): Promise<void>;
}

export interface ManagerDelivery {
  readonly target: OutletJson;
  /** Secret. */
  readonly credential: OutletJson;
  readonly artifact: Artifact;
  /** Replace what another program wrote. */
  readonly force: boolean;
  /** What it wrote last; null: nothing. */
  readonly lastVersion: number | null;
  /** Digests of artifacts that were begun to be written since: each may be there, its response or its record lost. */
  readonly maybeWritten: ReadonlySet<string>;
  /** Called before anything is written, so that a manager that is killed knows its write again. */
  readonly willWrite: () => Promise<void>;
}

export interface ManagerDelivered {
  readonly version: number;
  /** False: it was there already. */
  readonly changed: boolean;
}

/** What deliveries of the manager have of it. */
export interface ManagerAccess {
  /** Under the rules of source URLs. */
  readonly safeFetch: Pick<SafeFetch, 'ask'>;
  /** A token of a profile of the project. @throws KeyplaneError `bad_request` */
  readonly issueToken: (tokenProfileName: string) => Promise<string>;
}

export type OutletKind<Name extends string = string> = NodeOutletKind<Name> | ManagerOutletKind<Name>;
