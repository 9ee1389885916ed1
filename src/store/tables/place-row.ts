import type { Selectable } from 'kysely';
import type { EnvironmentStateRow } from '../database-schema.ts';

/** What a new JWK meets, and the state of one environment that its project reaches. */
export type PlaceRow = {
  readonly project: string | null;
  readonly namesake: string | null;
  readonly holder: string | null;
  readonly lineage: string | null;
  /** Null, as what follows, where the project reaches no environment. */
  readonly environment_id: string | null;
} & {
  readonly [Column in 'revision' | 'digest' | 'audit_sequence' | 'mac']: EnvironmentStateRowOf<Column> | null;
};
type EnvironmentStateRowOf<Column extends keyof EnvironmentStateRow> =
  Selectable<EnvironmentStateRow>[Column];
