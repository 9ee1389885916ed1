import type { Database } from '../database-schema.ts';
import { isReached } from './reach.ts';

/** Deliveries whose last attempt failed, in environments that their project still reaches. */
export function failingDeliveries(database: Database) {
  return database
    .selectFrom('outlet_deliveries')
    .innerJoin('outlets', 'outlets.id', 'outlet_deliveries.outlet_id')
    .innerJoin('environments', 'environments.id', 'outlet_deliveries.environment_id')
    .where('outlet_deliveries.state', '=', 'FAILING')
    .where(isReached('outlets.project_id'));
}
