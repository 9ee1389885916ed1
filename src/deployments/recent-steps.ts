// What was just committed, for connected nodes. It returns only what the database would: a chain of steps without a hole
// from where a node is to at least the revision that it is to reach. Anything else is read from the database: what a node
// missed, snapshots, changes of other managers, large changes, and what a rule did not hand on.

import type { CommittedStep } from './committed-step.ts';
import {
  charactersWanted,
  objectKey,
  pageTexts,
  rowsPerPage,
  type StatePage,
  type StatePosition,
  type ToldChange,
  toldChange,
} from './state-page.ts';

interface KeptStep extends Pick<CommittedStep, 'from' | 'state' | 'lineage'> {
  readonly told: readonly ToldChange[];
  readonly characters: number;
}

/** Steps hold private members in the clear, so they are not kept for longer than a fan-out takes. */
const keptMs = 2_000;
/** Of one environment. */
const keptSteps = 256;

export class RecentSteps {
  /** By environment, by the revision that a step begins at. */
  readonly #steps = new Map<string, Map<number, KeptStep>>();
  /** By environment, the page that was made last: as a rule its nodes are all at one position. */
  readonly #pages = new Map<string, StatePage>();

  /** What was committed; a step that is too large for memory is left to the database. */
  add({ from, state, lineage, rows }: CommittedStep): void {
    const told = rows.map(({ object, content }) => toldChange(object, content));
    const characters = told.reduce((sum, { text }) => sum + text.length, 0);
    if (characters > charactersWanted) return;
    const kept: KeptStep = { from, state, lineage, told, characters };
    const { environmentId } = state;
    this.#pages.delete(environmentId);
    const steps = this.#steps.get(environmentId) ?? new Map<number, KeptStep>();
    this.#steps.set(environmentId, steps.set(from, kept));
    setTimeout(() => this.#forget(environmentId, kept), keptMs).unref();
    for (const oldest of steps.values()) {
      if (steps.size <= keptSteps) break;
      this.#forget(environmentId, oldest);
    }
  }

  /**
   * The next message from a position; undefined where the database must be read.
   * @param atLeast a committed revision that the message must reach, or bring the node nearer to without a hole
   */
  page(
    environmentId: string,
    { after, tombstonesAbove }: StatePosition,
    atLeast: number,
  ): StatePage | undefined {
    if (tombstonesAbove !== 0 || after === 0) return undefined;
    const known = this.#pages.get(environmentId);
    if (known?.from === after && known.to >= atLeast) return known;
    const page = this.#make(environmentId, after, atLeast);
    if (page) this.#pages.set(environmentId, page);
    return page;
  }

  #make(environmentId: string, after: number, atLeast: number): StatePage | undefined {
    const chain = this.#chain(environmentId, after, atLeast);
    const last = chain.at(-1);
    if (last === undefined) return undefined;
    const { lineage } = last;
    const told = latestOf(chain, after);
    const { revision: to, digest } = last.state;
    return {
      ...pageTexts(told),
      from: after,
      tombstonesAbove: 0,
      to,
      lineage,
      final: true,
      digest: digest.toString('hex'),
      objects: told.map(({ object }) => objectKey(object)),
      leftOut: new Map(),
    };
  }

  /**
   * As many whole steps as a message carries. After each of them the environment was what its digest says, so a node may
   * stop after any.
   */
  #chain(environmentId: string, after: number, atLeast: number): readonly KeptStep[] {
    const steps = this.#steps.get(environmentId);
    const first = steps && stepAfter(steps, after);
    if (steps === undefined || first === undefined) return [];
    const chain: KeptStep[] = [];
    let rows = 0;
    let characters = 0;
    let isWhole = true;
    for (let step: KeptStep | undefined = first; step; step = steps.get(step.state.revision)) {
      if (step.lineage !== first.lineage) break;
      rows += step.told.length;
      characters += step.characters;
      if (chain.length > 0 && (rows > rowsPerPage || characters > charactersWanted)) {
        isWhole = false;
        break;
      }
      chain.push(step);
    }
    const reaches = (chain.at(-1)?.state.revision ?? 0) >= atLeast;
    return reaches || !isWhole ? chain : [];
  }

  #forget(environmentId: string, kept: KeptStep): void {
    const steps = this.#steps.get(environmentId);
    if (steps?.get(kept.from) !== kept) return;
    steps.delete(kept.from);
    this.#pages.delete(environmentId);
    if (steps.size === 0) this.#steps.delete(environmentId);
  }
}

/** The step that the revision after this one belongs to. */
function stepAfter(steps: ReadonlyMap<number, KeptStep>, after: number): KeptStep | undefined {
  const exact = steps.get(after);
  if (exact) return exact;
  for (const step of steps.values()) if (step.from < after && after < step.state.revision) return step;
  return undefined;
}

/** Each object once, as the database has it: at the revision at which it moved last. */
function latestOf(chain: readonly KeptStep[], after: number): readonly ToldChange[] {
  const [first] = chain;
  if (chain.length === 1 && first && first.from === after) return first.told;
  const latest = new Map<string, ToldChange>();
  for (const { told } of chain) {
    for (const one of told) {
      if (one.object.revision <= after) continue;
      const key = objectKey(one.object);
      latest.delete(key);
      latest.set(key, one);
    }
  }
  return [...latest.values()];
}
