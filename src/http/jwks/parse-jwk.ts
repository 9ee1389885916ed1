import { z } from 'zod';
import type { CreateJwkRequest } from '../../jwks/create-jwk.ts';
import { jwkSource, type SourceType } from '../../sources/sources.ts';
import { deploymentAnswer } from '../answers/deployment-answer.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { deployOnce } from '../requests/once.ts';
import { openToDeployers } from '../route-access.ts';
import { withoutOthersThan } from './create-jwk.ts';
import { createJwkBody } from './jwk-schemas.ts';
import { parseJwkDescription } from './source-schemas.ts';

interface ParseOperation {
  /** Ends the path: `parse-from-url`. */
  readonly from: string;
  readonly operationId: string;
  /** The source whose fields it takes; `key` follows what the stored key is. */
  readonly source: SourceType;
}

const operations: readonly ParseOperation[] = [
  { from: 'url', operationId: 'parseJwkFromUrl', source: 'URL' },
  { from: 'clipboard', operationId: 'parseJwkFromClipboard', source: 'COPY_PASTE' },
  { from: 'certificate', operationId: 'parseJwkFromCertificate', source: 'CERTIFICATE' },
  { from: 'key', operationId: 'parseJwkFromKey', source: 'PRIVATE_KEY' },
  { from: 'keystore', operationId: 'parseJwkFromKeystore', source: 'KEYSTORE' },
];

type Services = Pick<RouteServices, 'createJwk' | 'keys' | 'idempotency'>;

/** Create JWK with the source type in the path. */
export function parseJwk(app: KeyplaneServer, services: Services): void {
  for (const operation of operations) addParse(app, services, operation);
}

function addParse(
  app: KeyplaneServer,
  services: Services,
  { from, operationId, source }: ParseOperation,
): void {
  const title = operationId[0]?.toUpperCase() + operationId.slice(1);
  const known = { name: true, description: true } as const;
  const fields = Object.fromEntries(jwkSource(source).fields.map((field) => [field, true as const]));
  app.route({
    method: 'POST',
    url: `/apiops/projects/:projectName/jwks/parse-from-${from}`,
    config: { access: openToDeployers('ROLE_API_SECURITY'), takesIdempotencyKey: true },
    preValidation: async (request) => {
      request.body = withoutOthersThan(source, request.body) as typeof request.body;
    },
    schema: {
      operationId,
      tags: ['jwks'],
      summary: `Create a JWK from a ${from}; Create JWK with its source type left out`,
      description: 'The key is checked, stored and deployed as Create JWK does.',
      params: z.object({ projectName: z.string() }),
      body: describedAs(createJwkBody.pick({ ...known, ...fields }), parseJwkDescription(title, source)),
      response: { 200: deploymentAnswer },
    },
    handler: async (request) =>
      deployOnce(request, services, async (scope) => {
        const body: CreateJwkRequest = request.body;
        const isPublic =
          from === 'key' && (await services.keys.typeOf(scope.projectId, body.keyName)) === 'PUBLIC_KEY';
        const sourceType = isPublic ? 'PUBLIC_KEY' : source;
        return services.createJwk(scope, { ...body, sourceType });
      }),
  });
}
