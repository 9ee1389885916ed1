import type { AccessStores } from '../access/access-store.ts';
import type { ContentReader, ObjectDigest } from '../deployments/content-reader.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { type SettingStores, unlikeCaching } from '../deployments/environment-settings.ts';
import type { DeployedKind } from '../protocol/content.ts';
import { type Finding, foreignWrite } from './finding.ts';

const namedAtMost = 20;
/** Rows that one statement reads. */
const rowsPerStep = 256;

type ComparedStores = SettingStores & DesiredStateStores & Pick<AccessStores, 'projects'>;

/**
 * Compares what the data says with what nodes are to have: a content may depend on rows that have no MAC, such as that
 * of its project. Altered rows that have one are found by `checkMacs`.
 */
export async function checkContents<Stores extends ComparedStores>(
  stores: Stores,
  readers: readonly ContentReader<Stores>[],
): Promise<readonly Finding[]> {
  const findings = (await unlikeCaching(stores)).map(({ name }) => findingOf('caching', name));
  for (const { id: projectId } of await stores.projects.list()) {
    for (const environment of await stores.environments.listReachedBy(projectId)) {
      for (const { kind, digestsOfProject } of readers) {
        for await (const digests of digestsOfProject(stores, environment.id, projectId)) {
          for (const id of await unlike(stores, { environmentId: environment.id, kind, digests }))
            findings.push(findingOf(`${kind} ${id}`, environment.name));
          if (findings.length >= namedAtMost) return findings.slice(0, namedAtMost);
        }
      }
    }
  }
  return findings;
}

/** Ids of those that are desired with another digest. */
async function unlike(
  { desired }: DesiredStateStores,
  page: {
    readonly environmentId: string;
    readonly kind: DeployedKind;
    readonly digests: readonly ObjectDigest[];
  },
): Promise<readonly string[]> {
  const { environmentId, kind, digests } = page;
  const found: string[] = [];
  for (let from = 0; from < digests.length; from += rowsPerStep) {
    const step = new Map(digests.slice(from, from + rowsPerStep));
    const keys = [...step.keys()].map((objectId) => ({ environmentId, kind, objectId }));
    for (const { objectId, digest, altered } of await desired.findMany(keys)) {
      const stored = step.get(objectId);
      if (digest !== null && !altered && stored && !digest.equals(stored)) found.push(objectId);
    }
  }
  return found;
}

function findingOf(what: string, environmentName: string): Finding {
  return {
    topic: 'integrity',
    severity: 'error',
    summary: 'Desired state that does not match the data',
    problem: `The desired state of environment ${environmentName} has another ${what} than the data: a row that it depends on was altered.`,
    advice: foreignWrite,
  };
}
