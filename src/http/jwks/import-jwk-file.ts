import { z } from 'zod';
import { badRequest } from '../../errors.ts';
import { checkName } from '../../names.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs, named } from '../openapi/named.ts';
import { algorithm, nameText, useType } from '../openapi/named-values.ts';
import { multipartType, parseMultipartBodies } from '../requests/multipart-body.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';

const given = z.strictObject({
  jwkFile: z.string().optional().meta({ format: 'binary', description: 'A JWK or a JWK Set as a JSON file' }),
  jwkName: z.string().optional(),
  kid: z.string().optional().describe('Selects a key of a JWK Set'),
  useType: z.string().optional().describe('SIGNATURE or ENCRYPTION, for a key without `use`'),
  algorithm: z.string().optional().describe('Such as RS256, for a key without `alg`'),
  jwkDescription: z.string().max(1024).optional(),
});
const body = describedAs(
  given,
  named(
    'JwkFile',
    given.extend({
      jwkFile: z.string().meta({ format: 'binary', description: 'A JWK or a JWK Set as a JSON file' }),
      jwkName: nameText('JWK name, unique within the project'),
      useType: useType.optional().describe('For a key without `use`'),
      algorithm: algorithm.optional().describe('For a key without `alg`'),
    }),
  ),
);

const fileBytes = 1024 * 1024;

export function importJwkFileRoute(
  app: KeyplaneServer,
  services: Pick<RouteServices, 'createJwk' | 'idempotency'>,
): void {
  app.register(async (scope: KeyplaneServer) => {
    await parseMultipartBodies(scope, { fileBytes });
    scope.route({
      method: 'POST',
      url: '/apiops/projects/:projectName/jwks/import-file/',
      config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
      bodyLimit: 2 * fileBytes,
      schema: {
        operationId: 'importJwkFile',
        tags: ['jwks'],
        summary: 'Create a JWK from an uploaded file',
        description: 'The same as Create JWK with source type COPY_PASTE, for a file.',
        consumes: [multipartType],
        params: z.object({ projectName: z.string() }),
        body,
        response: { 200: deploymentResponse },
      },
      handler: async (request) => {
        const { jwkFile: jwkStr, jwkName: name, jwkDescription: description, ...usage } = request.body;
        checkName(name, 'JWK name');
        if (jwkStr === undefined)
          throw badRequest('jwkFile value can not be empty!', {
            reason: 'FIELD_REQUIRED',
            member: 'jwkFile',
          });
        const asked = { name, description, sourceType: 'COPY_PASTE', jwkStr, ...usage };
        return deployOnce(request, services, (where) => services.createJwk(where, asked));
      },
    });
  });
}
