import { z } from 'zod';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs, named } from '../openapi/named.ts';
import { nameText } from '../openapi/named-values.ts';
import { descriptionMember, nameMember } from '../requests/body-schemas.ts';
import { changeOnce } from '../requests/once.ts';
import { success, successResponse } from '../responses/response-schemas.ts';
import { openToAdmins } from '../route-access.ts';
import { publishKeyTypesMember } from './publish-key-types-member.ts';

const given = z.strictObject({
  name: nameMember('Project name'),
  description: descriptionMember(),
  publishKeyTypes: publishKeyTypesMember(),
});
const body = describedAs(given, named('NewProject', given.extend({ name: nameText('Project name') })));

export function createProjectRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'projects' | 'idempotency'>,
): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/',
    config: { access: openToAdmins, takesIdempotencyKey: true },
    schema: {
      operationId: 'createProject',
      tags: ['projects'],
      summary: 'Create a project',
      description:
        'A new project has no members. It reaches the environments that name no projects, and those that name it.',
      body,
      response: { 200: successResponse },
    },
    handler: async (request) => {
      await changeOnce(request, services, (once) =>
        services.projects.create(request.caller, request.body, once),
      );
      return success;
    },
  });
}
