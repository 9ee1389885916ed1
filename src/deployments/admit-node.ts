import { createHash } from 'node:crypto';
import type { Environment, EnvironmentNouns, RegisteredNode } from '../environments/environment-store.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { DesiredStateNouns, EnvironmentStanding } from './desired-state-store.ts';
import { type LineageNouns, lineageOf } from './history/lineage.ts';

export type AdmissionNouns = EnvironmentNouns & DesiredStateNouns & LineageNouns;

export interface Admission {
  readonly environment: Environment;
  readonly node: RegisteredNode;
  /** Where the environment stands now. */
  readonly standing: EnvironmentStanding;
  /** Rows that a difference from the revision of the node's hello has, and that a snapshot has. */
  readonly rows: { readonly difference: number; readonly snapshot: number };
}

/** The environment that an enrollment token opens, and by which token: a stream ends when that is revoked. */
export interface Enrolled {
  readonly tokenId: string;
  readonly id: string;
  readonly name: string;
}

/** Undefined for a token that is unknown or revoked. */
export async function environmentOfToken(
  store: UnitOfWork<EnvironmentNouns>,
  token: string,
): Promise<Enrolled | undefined> {
  const hash = createHash('sha256').update(token).digest();
  return store.read(async (nouns) => {
    const found = await nouns.enrollmentTokens.findByHash(hash);
    const environment = found && (await nouns.environments.get(found.environmentId));
    return environment && { tokenId: found.id, id: environment.id, name: environment.name };
  });
}

export interface AdmissionOptions {
  readonly environmentId: string;
  readonly name: string;
  readonly version: string;
  /** Of the node's hello. */
  readonly revision: number;
  readonly newId: () => string;
  readonly now: Date;
}

const nearRevisions = 256;

/**
 * Registers a node under its name, if it is not yet: from here on the environment counts it.
 * Undefined when the environment is gone meanwhile.
 */
export async function admitNode(
  store: UnitOfWork<AdmissionNouns>,
  options: AdmissionOptions,
): Promise<Admission | undefined> {
  const { environmentId, name, version, newId, now } = options;
  const look = (nouns: AdmissionNouns) => admission(nouns, options);
  const known = await store.read(look);
  if (known?.node) return { ...known, node: known.node };
  const added = await store.write(async (nouns) => {
    const found = await look(nouns);
    if (!found || found.node) return found;
    const node: RegisteredNode = {
      id: newId(),
      environmentId,
      name,
      version,
      appliedRevision: 0,
      connected: false,
      lastSeenAt: now,
      createdAt: now,
      managerId: null,
      refusal: null,
    };
    await nouns.nodes.insert(node);
    return { ...found, node };
  });
  return added?.node && { ...added, node: added.node };
}

async function admission(nouns: AdmissionNouns, { environmentId, name, revision }: AdmissionOptions) {
  const environment = await nouns.environments.get(environmentId);
  if (!environment) return undefined;
  const { desired } = nouns;
  // An environment that never had anything has no row beside which the lineage could be read.
  const standing = { ...(await desired.standing(environmentId)), lineage: await lineageOf(nouns) };
  // A difference of one message is never worth counting.
  const isFar = standing.revision - revision > nearRevisions;
  const rows = isFar
    ? {
        difference: await desired.countAfter(environmentId, revision),
        snapshot: await desired.countPresent(environmentId),
      }
    : { difference: 0, snapshot: 0 };
  return { environment, standing, rows, node: await nouns.nodes.find(environmentId, name) };
}
