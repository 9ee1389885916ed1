import type { DeploymentVerb } from '../protocol/content.ts';
import type { IdempotencyStores } from './idempotency-store.ts';

/** What a change leaves behind of its deployment, so that it can be waited for again. */
export interface SavedDeployment {
  readonly targets: readonly { readonly environmentId: string; readonly revision: number }[];
  readonly verb: DeploymentVerb;
  /** Members of the response besides the deployment. */
  readonly warnings?: readonly string[] | undefined;
}

/** The mark of a request that carries an `Idempotency-Key`, for the rules to set where they store. */
export interface IdempotencyMark {
  /**
   * In the transaction of the change, so that the key is there exactly when the change is.
   * @throws KeyplaneError `conflict` when another request with the same key was stored first
   */
  save(stores: IdempotencyStores, deployment?: SavedDeployment): Promise<void>;
}
