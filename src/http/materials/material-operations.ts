// What certificates, keys and keystores share: list, get and delete, each under the role of its kind.

import { z } from 'zod';
import type { Role } from '../../access/access-store.ts';
import { holdsRole } from '../../access/narrowing.ts';
import type { MaterialWithEnvironments } from '../../materials/material-kind.ts';
import type { FoundMaterial, MaterialRules } from '../../materials/material-rules.ts';
import { listAnswer, listOf } from '../answers/answer-schemas.ts';
import { deploymentAnswer } from '../answers/deployment-answer.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { deployOnce } from '../requests/once.ts';
import { openToDeployers, openToMembers } from '../route-access.ts';

export interface MaterialOperations<M extends MaterialWithEnvironments, Item extends z.ZodType> {
  readonly rules: MaterialRules<M>;
  readonly idempotency: RouteServices['idempotency'];
  /** `certificate`, `key` or `keystore`: with an s it is the path and the tag. */
  readonly noun: string;
  /** Ends the operation ids. */
  readonly title: string;
  readonly role: Role;
  readonly item: Item;
  readonly view: (found: FoundMaterial<M>) => z.input<Item>;
}

const sortFields = ['name', 'createdAt', 'updatedAt'] as const;

export function addMaterialOperations<M extends MaterialWithEnvironments, Item extends z.ZodType>(
  app: KeyplaneServer,
  operations: MaterialOperations<M, Item>,
): void {
  addList(app, operations);
  addGet(app, operations);
  addDelete(app, operations);
  addReferences(app, operations);
}

function addList<M extends MaterialWithEnvironments, Item extends z.ZodType>(
  app: KeyplaneServer,
  { rules, noun, title, role, item, view }: MaterialOperations<M, Item>,
): void {
  app.route({
    method: 'GET',
    url: `/apiops/projects/:projectName/${noun}s/`,
    config: { access: openToMembers(role) },
    schema: {
      operationId: `list${title}s`,
      tags: [`${noun}s`],
      summary: `List the ${noun}s of a project`,
      description: 'In pages, sorted and filtered; never with private content.',
      params: z.object({ projectName: z.string() }),
      querystring: listQuery,
      response: { 200: listOf<z.ZodType>(item) },
    },
    handler: async (request) => {
      const query = readListQuery(request.query, sortFields);
      const { found, total } = await rules.list(request.project.projectId, query);
      return { success: true as const, resultList: found.map(view), resultCount: total };
    },
  });
}

function nameParams(noun: string) {
  return z.object({ projectName: z.string(), [`${noun}Name`]: z.string() });
}

function addGet<M extends MaterialWithEnvironments, Item extends z.ZodType>(
  app: KeyplaneServer,
  { rules, noun, title, role, item, view }: MaterialOperations<M, Item>,
): void {
  app.route({
    method: 'GET',
    url: `/apiops/projects/:projectName/${noun}s/:${noun}Name/`,
    config: { access: openToMembers(role) },
    schema: {
      operationId: `get${title}`,
      tags: [`${noun}s`],
      summary: `Get a ${noun}`,
      description: 'What it is in each environment; never with private content.',
      params: nameParams(noun),
      response: { 200: listOf<z.ZodType>(item) },
    },
    handler: async (request) => {
      const name = request.params[`${noun}Name`] ?? '';
      return listAnswer([view(await rules.get(request.project.projectId, name))]);
    },
  });
}

function addDelete<M extends MaterialWithEnvironments, Item extends z.ZodType>(
  app: KeyplaneServer,
  { rules, idempotency, noun, title, role }: MaterialOperations<M, Item>,
): void {
  app.route({
    method: 'DELETE',
    url: `/apiops/projects/:projectName/${noun}s/:${noun}Name/`,
    config: { access: openToDeployers(role), takesIdempotencyKey: true },
    schema: {
      operationId: `delete${title}`,
      tags: [`${noun}s`],
      summary: `Undeploy and delete a ${noun}; JWKs made from it stay`,
      description: 'The JWKs keep their keys and are no longer connected with it.',
      params: nameParams(noun),
      response: { 200: deploymentAnswer },
    },
    handler: async (request) => {
      const name = request.params[`${noun}Name`] ?? '';
      return deployOnce(request, { idempotency }, (scope) => rules.delete(scope, name));
    },
  });
}

const reference = named('JwkReference', z.object({ projectName: z.string(), name: z.string() }));

/** JWKs are for those who may read JWKs, so to others none is listed. */
function addReferences<M extends MaterialWithEnvironments, Item extends z.ZodType>(
  app: KeyplaneServer,
  { rules, noun, title, role }: MaterialOperations<M, Item>,
): void {
  app.route({
    method: 'GET',
    url: `/apiops/projects/:projectName/${noun}s/:${noun}Name/references/`,
    config: { access: openToMembers(role) },
    schema: {
      operationId: `list${title}References`,
      tags: [`${noun}s`],
      summary: `List the JWKs that were made from a ${noun}`,
      description: 'Those of this project, for callers who may read JWKs.',
      params: nameParams(noun),
      response: { 200: listOf(reference) },
    },
    handler: async (request) => {
      const { projectId, roles } = request.project;
      const found = await rules.references(projectId, request.params[`${noun}Name`] ?? '');
      const mayRead = holdsRole(roles, 'ROLE_API_SECURITY');
      return listAnswer(found.filter((jwk) => mayRead && jwk.projectId === projectId));
    },
  });
}
