/** One line of the table: what was promised, and what was seen. */
export interface FaultRow {
  readonly scenario: string;
  readonly promise: string;
  readonly figure: string;
  /** Each a sentence on how the promise was broken; none when it was kept. */
  readonly broken: readonly string[];
}

export interface FaultScale {
  /** The chosen one: `full` as documented, `quick` to check that the scenario itself works. */
  readonly full: number;
  readonly quick: number;
}

export interface FaultRun {
  /** How often, of how many, for how long: in the size of this run. */
  size(scale: FaultScale): number;
  /** Says on standard error how far it is. */
  tell(text: string): void;
}

/** What a file of this folder that ends in `.fault.ts` exports. */
export interface FaultScenario {
  /** A run that takes longer has failed. */
  readonly limitSeconds: number;
  run(run: FaultRun): Promise<FaultRow[]>;
}
