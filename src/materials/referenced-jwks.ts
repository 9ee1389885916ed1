// What materials require of the JWKs that were made from them. The rules of JWKs implement it; materials only call it.

import type { ProjectScope } from '../access/caller.ts';
import type { DeploymentTarget } from '../deployments/put-desired-state.ts';
import { badRequest } from '../errors.ts';
import { shownText } from '../names.ts';
import type { SourceContext } from '../sources/jwk-source.ts';
import type { MaterialRuleStores } from './material-kind.ts';

/** The material as it will be, for the sources that read it. */
export interface FollowedMaterial {
  readonly name: string;
  readonly context: Partial<SourceContext>;
}

/** One JWK that was made from a material. */
export interface JwkReference {
  readonly projectId: string;
  readonly projectName: string;
  readonly name: string;
}

export interface ReferencedJwks {
  /**
   * Prepares the JWKs made from this material: with the new material where they follow it, detached otherwise. Stores
   * nothing yet.
   * @throws KeyplaneError `bad_request` with the name of the JWK that cannot take the new material
   */
  prepare(materialId: string, follow: FollowedMaterial | undefined): Promise<PreparedReferences>;
  list(materialId: string): Promise<readonly JwkReference[]>;
}

export interface PreparedReferences {
  /** Of the JWKs that follow, each with the JWK's name. */
  readonly warnings: readonly string[];
  /** Opens the transaction in which the material and its JWKs change together. */
  write<T>(
    change: (stores: MaterialRuleStores, jwks: JwkChange, requireUnused: RequireUnused) => Promise<T>,
  ): Promise<T>;
}

/**
 * Stores what was prepared, in the transaction that is open.
 * @throws KeyplaneError `conflict` when another request changed one of the JWKs since
 */
export type JwkChange = (scope: ProjectScope) => Promise<readonly DeploymentTarget[]>;

/**
 * Before the material is deleted, in the transaction that is open.
 * @param title as texts name it
 * @throws KeyplaneError `bad_request` where something else than a JWK needs it
 */
export type RequireUnused = (title: string) => Promise<void>;

/** The request's members for the JWKs that were made from the replaced material. */
export interface ReferencePolicy {
  readonly updateReferencedJwks?: string | undefined;
  readonly updateScope?: string | undefined;
}

const scopes: readonly string[] = Object.freeze(['SAME_PROJECT', 'ALL_PROJECTS']);

/**
 * Whether the JWKs are updated with it. A JWK and its materials are in the same project, so both scopes mean the same.
 * @throws KeyplaneError `bad_request`
 */
export function readReferencePolicy({
  updateReferencedJwks = 'false',
  updateScope,
}: ReferencePolicy): boolean {
  if (updateReferencedJwks !== 'true' && updateReferencedJwks !== 'false') {
    const given = shownText(updateReferencedJwks);
    throw badRequest(`updateReferencedJwks (${given}) is not valid! Valid values: true, false`, {
      reason: 'FIELD_NOT_VALID',
      member: 'updateReferencedJwks',
    });
  }
  const valid = `Valid values: ${scopes.join(', ')}`;
  if (updateScope !== undefined && !scopes.includes(updateScope)) {
    throw badRequest(`updateScope (${shownText(updateScope)}) is not valid! ${valid}`, {
      reason: 'FIELD_NOT_VALID',
      member: 'updateScope',
    });
  }
  if (updateReferencedJwks === 'true' && updateScope === undefined) {
    throw badRequest(`updateScope is required when updateReferencedJwks is true! ${valid}`, {
      reason: 'FIELD_REQUIRED',
      member: 'updateScope',
    });
  }
  return updateReferencedJwks === 'true';
}
