// Which key types are in the JWK Set of a project, as its nodes get it: nothing where it has the default ones.

import type { AccessStores, Project } from '../access/access-store.ts';
import type { ContentReader } from '../deployments/content-reader.ts';
import type { DesiredStateStores } from '../deployments/desired-state-store.ts';
import { putDesiredState } from '../deployments/put-desired-state.ts';
import type { EnvironmentStores } from '../environments/environment-store.ts';
import { publicKeyTypeNames } from '../jose/key-types.ts';
import type { DeployedProjectSet } from '../protocol/content.ts';
import { contentDigest } from '../protocol/state-digest.ts';

function projectSetContent({
  id,
  name,
  publishKeyTypes,
}: Pick<Project, 'id' | 'name' | 'publishKeyTypes'>): DeployedProjectSet | undefined {
  if (publishKeyTypes === null) return undefined;
  return { kind: 'project-set', id, project: name, name, keyTypes: publishKeyTypes };
}

/** In the caller's transaction, after the project was stored. */
export async function putDesiredProjectSet(
  stores: EnvironmentStores & DesiredStateStores,
  project: Project,
): Promise<void> {
  const content = projectSetContent(project);
  const digest = content ? contentDigest(content) : null;
  const { id: objectId } = project;
  const environmentIds = content
    ? (await stores.environments.listReachedBy(objectId)).map(({ id }) => id)
    : await stores.desired.environmentsOf('project-set', objectId);
  if (environmentIds.length === 0) return;
  await putDesiredState(
    stores,
    environmentIds.map((environmentId) => {
      return { environmentId, kind: 'project-set' as const, projectId: objectId, objectId, digest };
    }),
  );
}

/** The desired row decides which key types were chosen, also where the row of the project was altered. */
function possibleContents(project: Project): readonly DeployedProjectSet[] {
  const stored = project.publishKeyTypes === null ? [] : [project.publishKeyTypes];
  return [...stored, ...choices(publicKeyTypeNames)].flatMap(
    (publishKeyTypes) => projectSetContent({ ...project, publishKeyTypes }) ?? [],
  );
}

/** Every part of a short list, in its order. */
function choices(names: readonly string[]): readonly (readonly string[])[] {
  const [first, ...others] = names;
  if (first === undefined) return [[]];
  const rest = choices(others);
  return [...rest, ...rest.map((part) => [first, ...part])];
}

/** The id of a project's set is the project's. */
export const projectSetReader: ContentReader<Pick<AccessStores, 'projects'>> = Object.freeze({
  kind: 'project-set' as const,
  async read(stores: Pick<AccessStores, 'projects'>, _environmentId: string, ids: readonly string[]) {
    const contents: DeployedProjectSet[] = [];
    for (const id of ids) {
      const project = await stores.projects.get(id);
      if (project) contents.push(...possibleContents(project));
    }
    return contents;
  },
  async *digestsOfProject(stores: Pick<AccessStores, 'projects'>, _environmentId: string, projectId: string) {
    const project = await stores.projects.get(projectId);
    const content = project && projectSetContent(project);
    if (content) yield [[projectId, contentDigest(content)] as const];
  },
});
