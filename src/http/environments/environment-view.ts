import { z } from 'zod';
import type { Environment } from '../../environments/environment-store.ts';
import type { EnvironmentWithProjects } from '../../environments/environments.ts';
import { named } from '../openapi/named.ts';
import { environmentType } from '../openapi/named-values.ts';
import { alteredMember, instant, instantText } from '../responses/response-schemas.ts';

/** What members of a project see: never which other projects there are. */
export const environmentItem = named(
  'Environment',
  z.object({
    id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    type: environmentType,
    accessUrl: z.string().nullable(),
    environmentSet: z
      .boolean()
      .describe('Whether its nodes publish one JWK Set of all projects at /.well-known/jwks.json'),
    altered: alteredMember(),
    createdAt: instant,
    updatedAt: instant,
  }),
);

export const environmentWithProjectsItem = named(
  'EnvironmentWithProjects',
  environmentItem.extend({
    projects: z.array(z.string()).nullable().describe('Names; null: every project reaches it'),
  }),
);

export function environmentView(environment: Environment) {
  const { id, name, description, type, accessUrl, environmentSet, createdAt, updatedAt } = environment;
  const dates = { createdAt: instantText(createdAt), updatedAt: instantText(updatedAt) };
  const facts = { id, name, description, type, accessUrl, environmentSet };
  return { ...facts, ...(environment.altered && { altered: true as const }), ...dates };
}

export function environmentWithProjectsView({ environment, projectNames }: EnvironmentWithProjects) {
  return { ...environmentView(environment), projects: projectNames && [...projectNames] };
}

export const environmentSortFields = ['name', 'type', 'createdAt', 'updatedAt'] as const;

/** What lists of environments are sorted by, wherever in their items the environment is. */
export function sortedEnvironment<Item>(environmentOf: (item: Item) => Environment) {
  return {
    name: (item: Item) => environmentOf(item).name,
    type: (item: Item) => environmentOf(item).type,
    createdAt: (item: Item) => environmentOf(item).createdAt,
    updatedAt: (item: Item) => environmentOf(item).updatedAt,
  };
}
