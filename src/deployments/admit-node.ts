import { createHash } from 'node:crypto';
import type { Environment, EnvironmentNouns, RegisteredNode } from '../environments/environment-store.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { DesiredStateNouns } from './desired-state-store.ts';

export interface Admission {
  readonly environment: Environment;
  readonly node: RegisteredNode;
  /** Where the environment stands now. */
  readonly revision: number;
  readonly digest: Buffer;
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

/**
 * Registers a node under its name, if it is not yet: from here on the environment counts it.
 * Undefined when the environment is gone meanwhile.
 */
export async function admitNode(
  store: UnitOfWork<EnvironmentNouns & DesiredStateNouns>,
  options: { environmentId: string; name: string; version: string; newId: () => string; now: Date },
): Promise<Admission | undefined> {
  const { environmentId, name, version, newId, now } = options;
  const look = (nouns: EnvironmentNouns & DesiredStateNouns) => admission(nouns, environmentId, name);
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

async function admission(nouns: EnvironmentNouns & DesiredStateNouns, environmentId: string, name: string) {
  const environment = await nouns.environments.get(environmentId);
  if (!environment) return undefined;
  const { revision, digest } = await nouns.desired.state(environmentId);
  return { environment, revision, digest, node: await nouns.nodes.find(environmentId, name) };
}
