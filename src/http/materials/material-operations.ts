// What certificates, keys and keystores share: list, get and delete, each under the role of its kind.

import { z } from 'zod';
import type { Role } from '../../access/access-store.ts';
import { holdsRole } from '../../access/narrowing.ts';
import type { MaterialWithEnvironments } from '../../materials/material-kind.ts';
import type { FoundMaterial, MaterialRules } from '../../materials/material-rules.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { named } from '../openapi/named.ts';
import { listQuery, readListQuery } from '../requests/list-query.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { listOf, listResponse } from '../responses/response-schemas.ts';
import { openToDeployers, openToMembers } from '../route-access.ts';

export interface MaterialOperations<M extends MaterialWithEnvironments, Item extends z.ZodType> {
  readonly rules: MaterialRules<M>;
  readonly idempotency: RouteServices['idempotency'];
  /** `certificate`, `key` or `keystore`: with an s it is the path and the tag. */
  readonly resource: string;
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
  { rules, resource, title, role, item, view }: MaterialOperations<M, Item>,
): void {
  app.route({
    method: 'GET',
    url: `/apiops/projects/:projectName/${resource}s/`,
    config: { access: openToMembers(role) },
    schema: {
      operationId: `list${title}s`,
      tags: [`${resource}s`],
      summary: `List the ${resource}s of a project`,
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

function nameParams(resource: string) {
  return z.object({ projectName: z.string(), [`${resource}Name`]: z.string() });
}

function addGet<M extends MaterialWithEnvironments, Item extends z.ZodType>(
  app: KeyplaneServer,
  { rules, resource, title, role, item, view }: MaterialOperations<M, Item>,
): void {
  app.route({
    method: 'GET',
    url: `/apiops/projects/:projectName/${resource}s/:${resource}Name/`,
    config: { access: openToMembers(role) },
    schema: {
      operationId: `get${title}`,
      tags: [`${resource}s`],
      summary: `Get a ${resource}`,
      description: 'What it is in each environment; never with private content.',
      params: nameParams(resource),
      response: { 200: listOf<z.ZodType>(item) },
    },
    handler: async (request) => {
      const name = request.params[`${resource}Name`] ?? '';
      return listResponse([view(await rules.get(request.project.projectId, name))]);
    },
  });
}

function addDelete<M extends MaterialWithEnvironments, Item extends z.ZodType>(
  app: KeyplaneServer,
  { rules, idempotency, resource, title, role }: MaterialOperations<M, Item>,
): void {
  app.route({
    method: 'DELETE',
    url: `/apiops/projects/:projectName/${resource}s/:${resource}Name/`,
    config: { access: openToDeployers(role), takesIdempotencyKey: true },
    schema: {
      operationId: `delete${title}`,
      tags: [`${resource}s`],
      summary: `Undeploy and delete a ${resource}; JWKs made from it stay`,
      description: 'The JWKs keep their keys and are no longer connected with it.',
      params: nameParams(resource),
      response: { 200: deploymentResponse },
    },
    handler: async (request) => {
      const name = request.params[`${resource}Name`] ?? '';
      return deployOnce(request, { idempotency }, (scope) => rules.delete(scope, name));
    },
  });
}

const reference = named('JwkReference', z.object({ projectName: z.string(), name: z.string() }));

/** JWKs are for those who may read JWKs, so to others none is listed. */
function addReferences<M extends MaterialWithEnvironments, Item extends z.ZodType>(
  app: KeyplaneServer,
  { rules, resource, title, role }: MaterialOperations<M, Item>,
): void {
  app.route({
    method: 'GET',
    url: `/apiops/projects/:projectName/${resource}s/:${resource}Name/references/`,
    config: { access: openToMembers(role) },
    schema: {
      operationId: `list${title}References`,
      tags: [`${resource}s`],
      summary: `List the JWKs that were made from a ${resource}`,
      description: 'Those of this project, for callers who may read JWKs.',
      params: nameParams(resource),
      response: { 200: listOf(reference) },
    },
    handler: async (request) => {
      const { projectId, roles } = request.project;
      const found = await rules.references(projectId, request.params[`${resource}Name`] ?? '');
      const mayRead = holdsRole(roles, 'ROLE_API_SECURITY');
      return listResponse(found.filter((jwk) => mayRead && jwk.projectId === projectId));
    },
  });
}
