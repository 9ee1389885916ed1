// Delivers the outlets of the node's environment as files below its outlet directory. Follows the state: a change of a project
// has its outlets delivered again. Each delivery is tried until it succeeds; what is there is examined each minute, and written
// again where another program changed it. The sealed record remembers what was written, so that it can be removed.

import { mkdir } from 'node:fs/promises';
import { isKeyplaneError } from '../../errors.ts';
import { artifactDigest } from '../../outlets/content/artifact.ts';
import { type OutletContent, traitsOf } from '../../outlets/content/outlet-content.ts';
import {
  type DeliveryState,
  failed,
  isDue,
  newDelivery,
  shownError,
  succeeded,
  wanted,
} from '../../outlets/delivery-state.ts';
import { outletKind, outletKindNames } from '../../outlets/kinds/kinds.ts';
import type { NodeOutletKind, WrittenFiles } from '../../outlets/kinds/outlet-kind.ts';
import { ProjectFolder } from '../../outlets/kinds/project-folder.ts';
import type { DeployedOutlet } from '../../protocol/content.ts';
import type { OutletsReport } from '../../protocol/messages.ts';
import type { StateCopy } from '../disk/state-copy.ts';
import type { NodeLog } from '../node-log.ts';
import type { NodeState, StateFollower } from '../node-state.ts';
import type { KeptRecord } from '../operations/kept-record.ts';
import type { JwkSets } from '../serve/jwk-sets.ts';
import type { StoredObject } from '../stored-object.ts';
import { deliveryErrorText } from './delivery-error.ts';
import { type FormerArtifact, type MadeArtifact, makeNodeArtifact } from './outlet-artifact.ts';
import type { OutletTokens } from './outlet-tokens.ts';

export interface OutletDeliveriesOptions {
  /** Undefined: every outlet is FAILING. */
  readonly outletDir: string | undefined;
  readonly state: NodeState;
  readonly copy: Pick<StateCopy, 'read'>;
  readonly sets: JwkSets;
  readonly tokens: Pick<OutletTokens, 'tokenFor'>;
  /** Milliseconds since 1970, by the manager's time. */
  readonly clock: () => number;
  /** Secret. */
  readonly fingerprintKey: Buffer;
  /** Undefined: nothing is remembered over a restart. */
  readonly record: KeptRecord<KeptOutlets> | undefined;
  readonly log: NodeLog;
}

/** By the id of the outlet. */
export interface KeptOutlets {
  readonly outlets: Readonly<Record<string, KeptOutlet>>;
}

interface KeptOutlet {
  readonly project: string;
  readonly outletKind: string;
  readonly written: WrittenFiles;
  readonly digest: string | null;
  readonly deliveredAt: number | null;
  /** Of a content that has other bytes each time that it is made; base64. */
  readonly made?: { readonly fingerprint: string; readonly bytes: string };
}

type OutletObject = StoredObject & { readonly outlet: DeployedOutlet };

interface Tracked {
  object: OutletObject;
  delivery: DeliveryState;
  /** It changed, or what it delivers did. */
  isDirty: boolean;
  mustWrite: boolean;
  /** Milliseconds since 1970: then a key in it expires. */
  validUntilMs: number;
}

const lookAgainMs = 60_000;
/** Each waits for the disk twice; more at once would hold the thread pool of the node. */
const atOnce = 3;
const noDirectory = 'This node was started without --outlet-dir: it delivers no outlets!';

export class OutletDeliveries implements StateFollower {
  readonly #options: OutletDeliveriesOptions;
  readonly #tracked = new Map<string, Tracked>();
  readonly #kept = new Map<string, KeptOutlet>();
  readonly #unreported = new Set<string>();
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lookedAtMs = performance.now();
  #isLoaded = false;
  /** Outlets ended whose files are still there. */
  #hasEnded = true;
  #closed = false;

  constructor(options: OutletDeliveriesOptions) {
    this.#options = options;
    const { record } = options;
    for (const [id, kept] of Object.entries(record?.kept?.outlets ?? {})) this.#kept.set(id, kept);
    record?.follow(() => ({ outlets: Object.fromEntries(this.#kept) }));
  }

  replaced(objects: Iterable<StoredObject>): void {
    const gone = new Set(this.#tracked.keys());
    for (const object of objects) {
      if (!isOutlet(object)) continue;
      gone.delete(object.id);
      this.#track(object);
    }
    for (const id of gone) this.#tracked.delete(id);
    this.#hasEnded = true;
    for (const tracked of this.#tracked.values()) this.#want(tracked);
    this.#isLoaded = true;
    this.#wake();
  }

  changed(removed: readonly StoredObject[], added: readonly StoredObject[]): void {
    const kept = new Set(added.map(({ id }) => id));
    const projects = new Set<string>();
    for (const object of removed) {
      projects.add(object.project);
      if (!isOutlet(object) || kept.has(object.id)) continue;
      this.#tracked.delete(object.id);
      this.#hasEnded = true;
    }
    for (const object of added) {
      projects.add(object.project);
      if (isOutlet(object)) this.#track(object);
    }
    for (const tracked of this.#tracked.values()) {
      if (projects.has(tracked.object.project)) this.#want(tracked);
    }
    this.#isLoaded = true;
    this.#wake();
  }

  /** Everything that can be delivered now was. */
  async idle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
    await this.#options.record?.close();
  }

  /** How many there are, and how many of them fail. */
  counts(): { readonly outlets: number; readonly failing: number } {
    const failing = [...this.#tracked.values()].filter(({ delivery }) => delivery.state === 'FAILING').length;
    return { outlets: this.#tracked.size, failing };
  }

  /** A manager knows nothing of this node's deliveries yet. */
  reportAll(): void {
    for (const id of this.#tracked.keys()) this.#unreported.add(id);
  }

  /** What changed since the last report, as much as a message has room for; undefined: nothing. */
  takeReport(): OutletsReport | undefined {
    const deliveries: OutletsReport['deliveries'][number][] = [];
    let room = reportBytes;
    for (const outletId of this.#unreported) {
      const tracked = this.#tracked.get(outletId);
      const entry = tracked && entryOf(outletId, tracked.delivery);
      const size = entry ? Buffer.byteLength(JSON.stringify(entry)) : 0;
      if (size > room || deliveries.length >= mostReported) break;
      this.#unreported.delete(outletId);
      room -= size;
      if (entry) deliveries.push(entry);
    }
    return deliveries.length === 0 ? undefined : { type: 'outlets', deliveries };
  }

  /**
   * Whether an outlet could be delivered now: it is made, and its files are tried. Nothing is delivered.
   * @returns why not; null: it could be
   */
  async test(outletId: string): Promise<string | null> {
    const object = this.#tracked.get(outletId)?.object;
    if (object === undefined) return 'This node does not have the outlet yet!';
    try {
      const { outlet } = object;
      const { kind, folder } = this.#placeOf(outlet);
      const membersOf = ringMembers(this.#options.state.objects);
      const { artifact } = await makeNodeArtifact(
        { object, membersOf, former: this.#formerArtifact(outletId) },
        this.#options,
      );
      const content = outlet.content as OutletContent;
      await kind.probe({ target: outlet.target, content, artifact }, folder);
      return null;
    } catch (error) {
      return shownError(deliveryErrorText(error));
    }
  }

  #track(object: OutletObject): void {
    const before = this.#tracked.get(object.id);
    if (before) {
      before.mustWrite ||= object.outlet.generation > before.object.outlet.generation;
      before.object = object;
      before.isDirty = true;
      return;
    }
    const kept = this.#kept.get(object.id);
    this.#tracked.set(object.id, {
      object,
      delivery: kept ? { ...newDelivery, digest: kept.digest, deliveredAt: kept.deliveredAt } : newDelivery,
      isDirty: true,
      mustWrite: false,
      validUntilMs: Number.POSITIVE_INFINITY,
    });
  }

  #want(tracked: Tracked): void {
    tracked.isDirty = true;
    this.#set(tracked, wanted(tracked.delivery));
  }

  #set(tracked: Tracked, delivery: DeliveryState): void {
    tracked.delivery = delivery;
    this.#unreported.add(tracked.object.id);
  }

  #wake(): void {
    if (this.#closed) return;
    this.#working ??= this.#work()
      .catch((error: unknown) => this.#options.log.error({ err: error }, 'outlets: will be retried'))
      .then(() => {
        this.#working = undefined;
        if (this.#hasWork()) this.#wake();
        else this.#sleep();
      });
  }

  #hasWork(): boolean {
    if (!this.#isLoaded || !this.#options.state.ready) return false;
    return this.#hasEnded || [...this.#tracked.values()].some(({ isDirty }) => isDirty);
  }

  #sleep(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    const nowMs = performance.now();
    let waitMs = this.#lookedAtMs + lookAgainMs - nowMs;
    for (const { delivery, validUntilMs } of this.#tracked.values()) {
      if (delivery.retryAtMs !== null) waitMs = Math.min(waitMs, delivery.retryAtMs - nowMs);
      waitMs = Math.min(waitMs, validUntilMs - this.#options.clock());
    }
    if (this.#tracked.size === 0 && this.#kept.size === 0) return;
    this.#timer = setTimeout(() => this.#wake(), Math.max(waitMs, 1));
    this.#timer.unref();
  }

  async #work(): Promise<void> {
    if (!this.#isLoaded || !this.#options.state.ready) return;
    await this.#removeEnded();
    const nowMs = performance.now();
    const looksAtAll = nowMs - this.#lookedAtMs >= lookAgainMs;
    if (looksAtAll) this.#lookedAtMs = nowMs;
    const now = this.#options.clock();
    const due = [...this.#tracked.values()].filter(
      ({ isDirty, delivery, validUntilMs }) =>
        isDirty ||
        isDue(delivery, nowMs) ||
        validUntilMs <= now ||
        (looksAtAll && delivery.state === 'CURRENT'),
    );
    if (due.length === 0) return;
    const membersOf = ringMembers(this.#options.state.objects);
    const waiting = due.values();
    const worker = async () => {
      for (const tracked of waiting) await this.#deliver(tracked, membersOf);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  async #deliver(tracked: Tracked, membersOf: (ringId: string) => readonly StoredObject[]): Promise<void> {
    const { state, clock, log } = this.#options;
    const { object, mustWrite } = tracked;
    const { revision } = state;
    tracked.isDirty = false;
    try {
      const { kind, folder } = this.#placeOf(object.outlet);
      const made = await makeNodeArtifact(
        { object, membersOf, former: this.#formerArtifact(object.id) },
        this.#options,
      );
      const { artifact, validUntilMs } = made;
      const before = await this.#former(object.outlet, kind, folder);
      const { target, content } = object.outlet;
      const { written, changed } = await kind.deliver(
        {
          target,
          content: content as OutletContent,
          artifact,
          force: mustWrite,
          before,
          willWrite: (files) => this.#willWrite(object, files),
        },
        folder,
      );
      const digest = artifactDigest(artifact);
      const delivery = succeeded(tracked.delivery, { revision, digest, changed, now: Math.round(clock()) });
      this.#keep(object, { written, delivery, made: madeOf(made) });
      if (!this.#tracked.has(object.id)) this.#hasEnded = true;
      tracked.validUntilMs = validUntilMs;
      // A later request to write is another object.
      if (tracked.object === object) tracked.mustWrite = false;
      const isNews = tracked.delivery.state !== 'CURRENT' || changed;
      // What changed meanwhile is delivered next.
      const next = tracked.isDirty ? wanted(delivery) : delivery;
      if (isNews) this.#set(tracked, next);
      else tracked.delivery = next;
    } catch (error) {
      // The state moved on while it was read.
      if (tracked.isDirty) return;
      tracked.validUntilMs = Number.POSITIVE_INFINITY;
      const text = deliveryErrorText(error);
      if (tracked.delivery.lastError !== text) {
        const { project, name } = object;
        const err = isKeyplaneError(error) ? undefined : error;
        log.warn(
          { project, outlet: name, reason: text, err },
          'an outlet could not be delivered; it will be retried',
        );
      }
      this.#set(
        tracked,
        failed(tracked.delivery, { error: text, nowMs: performance.now(), random: Math.random() }),
      );
    }
  }

  #placeOf({ outletKind: name, project }: Pick<DeployedOutlet, 'outletKind' | 'project'>) {
    const { outletDir } = this.#options;
    if (outletDir === undefined) throw new NoOutletDir(noDirectory);
    return { kind: nodeKind(name), folder: new ProjectFolder(outletDir, project) };
  }

  /** What earlier deliveries left there; what they left elsewhere is removed first. */
  async #former(
    { id, target, content }: DeployedOutlet,
    kind: NodeOutletKind,
    folder: ProjectFolder,
  ): Promise<WrittenFiles | undefined> {
    const kept = this.#kept.get(id);
    if (kept === undefined || isSamePlace(kept.written, { target, content })) return kept?.written;
    await kind.remove(kept.written, folder);
    this.#forget(id, kept);
    return undefined;
  }

  /** Its files were removed. Another outlet may have its path by now: what that one delivered is examined again. */
  #forget(id: string, { project }: KeptOutlet): void {
    this.#kept.delete(id);
    this.#options.record?.changed();
    for (const tracked of this.#tracked.values()) {
      if (tracked.object.project === project && tracked.object.id !== id) tracked.isDirty = true;
    }
  }

  /** On the disk before the files are, so that a crash leaves none that is not remembered. */
  async #willWrite({ outlet, project, id }: OutletObject, written: WrittenFiles): Promise<void> {
    const before = this.#kept.get(id);
    const { digest = null, deliveredAt = null } = before ?? {};
    if (before && JSON.stringify(before.written) === JSON.stringify(written)) return;
    this.#kept.set(id, { ...before, project, outletKind: outlet.outletKind, written, digest, deliveredAt });
    this.#options.record?.changed();
    await this.#options.record?.keep();
  }

  #formerArtifact(id: string): FormerArtifact | undefined {
    const made = this.#kept.get(id)?.made;
    return made && { fingerprint: made.fingerprint, bytes: Buffer.from(made.bytes, 'base64') };
  }

  #keep(
    { outlet, project, id }: OutletObject,
    {
      written,
      delivery,
      made,
    }: {
      readonly written: WrittenFiles;
      readonly delivery: DeliveryState;
      readonly made: Pick<KeptOutlet, 'made'>;
    },
  ): void {
    const { digest, deliveredAt } = delivery;
    const { outletKind } = outlet;
    const kept: KeptOutlet = { project, outletKind, written, digest, deliveredAt, ...made };
    if (JSON.stringify(this.#kept.get(id)) === JSON.stringify(kept)) return;
    this.#kept.set(id, kept);
    this.#options.record?.changed();
  }

  /** Removes the files of outlets that are no longer there. */
  async #removeEnded(): Promise<void> {
    this.#hasEnded = false;
    for (const [id, kept] of this.#kept) {
      if (this.#tracked.has(id) || this.#options.outletDir === undefined) continue;
      try {
        const { kind, folder } = this.#placeOf(kept);
        await kind.remove(kept.written, folder);
        this.#forget(id, kept);
      } catch (error) {
        this.#options.log.warn(
          { err: error, project: kept.project },
          'files of an outlet that was deleted could not be removed; it will be retried',
        );
      }
    }
  }
}

function madeOf({ fingerprint, artifact }: MadeArtifact): Pick<KeptOutlet, 'made'> {
  if (fingerprint === null || artifact.form !== 'FILE') return {};
  return { made: { fingerprint, bytes: artifact.bytes.toString('base64') } };
}

class NoOutletDir extends Error {}

/** The folder that outlets are delivered below. */
export async function makeOutletDir(outletDir: string, log: NodeLog): Promise<void> {
  await mkdir(outletDir, { recursive: true, mode: 0o755 }).catch((error: unknown) => {
    log.error({ err: error, outletDir }, 'the outlet directory cannot be created');
  });
}

function isOutlet(object: StoredObject): object is OutletObject {
  return object.outlet !== undefined;
}

function nodeKind(name: string): NodeOutletKind {
  const known = outletKindNames.find((one) => one === name);
  const kind = known && outletKind(known);
  if (kind?.runsAt === 'NODE') return kind;
  throw new NoOutletDir(`This node knows no outlets of kind ${name}: upgrade keyplane on it!`);
}

/** Both layouts and both forms lay their files out in another way. */
function isSamePlace(
  one: Pick<WrittenFiles, 'target' | 'content'>,
  other: { readonly target: DeployedOutlet['target']; readonly content: string },
): boolean {
  const formOf = (content: string) => traitsOf(content as OutletContent).isFolder;
  return (
    one.target.path === other.target.path &&
    one.target.layout === other.target.layout &&
    formOf(one.content) === formOf(other.content)
  );
}

/** One pass over the state for all outlets of a round. */
function ringMembers(
  objects: ReadonlyMap<string, StoredObject>,
): (ringId: string) => readonly StoredObject[] {
  let byRing: Map<string, StoredObject[]> | undefined;
  return (ringId) => {
    if (byRing === undefined) {
      byRing = new Map();
      for (const object of objects.values()) {
        if (object.member === undefined) continue;
        const members = byRing.get(object.member.ringId);
        if (members) members.push(object);
        else byRing.set(object.member.ringId, [object]);
      }
    }
    return byRing.get(ringId) ?? [];
  };
}

const mostReported = 200;
/** Of the longest message that a node may send; it is encrypted and encoded. */
const reportBytes = 40_000;

function entryOf(outletId: string, delivery: DeliveryState): OutletsReport['deliveries'][number] {
  const { state, revision, digest, deliveredAt, attempts, lastError } = delivery;
  return { outletId, state, revision, digest, deliveredAt, attempts, lastError };
}
