// What one transaction changed of one environment. The rule that committed it hands it on with its targets, so that
// connected nodes get it from memory. A unit of work returns it only once the commit is durable, so before that no stream
// can have it.

import type { DeployedContent } from '../protocol/content.ts';
import type { DesiredObject, EnvironmentState } from './desired-state-store.ts';
import { rowsPerPage } from './state-page.ts';

/** A row as it was committed, with the content of which it has the digest; null for a tombstone. */
export interface CommittedRow {
  readonly object: DesiredObject;
  readonly content: DeployedContent | null;
}

export interface CommittedStep {
  /** The environment's revision before it. */
  readonly from: number;
  /** What the environment was brought to. */
  readonly state: EnvironmentState;
  readonly lineage: string;
  /** Every row that it changed, ascending by revision. */
  readonly rows: readonly CommittedRow[];
}

/** Of one environment. It holds private members in the clear, which no log and no JSON shows. */
export class CommittedSteps {
  #parts: readonly (CommittedStep | CommittedSteps)[];

  constructor(parts: readonly (CommittedStep | CommittedSteps)[]) {
    this.#parts = parts;
  }

  /** Once: afterwards this object holds nothing any more. */
  take(): readonly CommittedStep[] {
    const parts = this.#parts;
    this.#parts = [];
    return parts.flatMap((part) => (part instanceof CommittedSteps ? part.take() : [part]));
  }

  /** A target that is stored is stored without it. */
  toJSON(): undefined {
    return undefined;
  }
}

/** Gathers the rows of a transaction that moves an environment. */
export class StepDraft {
  readonly #from: number;
  readonly #lineage: string | undefined;
  /** By object: a row that moves twice is there once, at its later revision. */
  #rows: Map<string, CommittedRow> | undefined = new Map();

  constructor(from: number, lineage: string | undefined) {
    this.#from = from;
    this.#lineage = lineage;
  }

  /** @param content undefined where the rule knows only its digest */
  add(object: DesiredObject, content: DeployedContent | undefined): void {
    const isUnknown = object.digest !== null && content === undefined;
    if (isUnknown || (this.#rows && this.#rows.size >= rowsPerPage)) this.#rows = undefined;
    if (this.#rows === undefined) return;
    const key = `${object.kind}/${object.objectId}`;
    this.#rows.delete(key);
    this.#rows.set(key, { object, content: object.digest === null ? null : (content ?? null) });
  }

  /** Undefined where nodes must get it from the database. */
  finish(state: EnvironmentState): CommittedSteps | undefined {
    if (!this.#rows || this.#rows.size === 0 || this.#lineage === undefined) return undefined;
    const rows = [...this.#rows.values()];
    return new CommittedSteps([{ from: this.#from, state, lineage: this.#lineage, rows }]);
  }
}
