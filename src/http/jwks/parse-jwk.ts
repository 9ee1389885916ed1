import { z } from 'zod';
import type { CreateJwkRequest } from '../../jwks/create-jwk.ts';
import { jwkSource, type SourceType } from '../../sources/sources.ts';
import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { describedAs } from '../openapi/named.ts';
import { deployOnce } from '../requests/once.ts';
import { deploymentResponse } from '../responses/deployment-response.ts';
import { openToDeployers } from '../route-access.ts';
import { withoutOthersThan } from './create-jwk.ts';
import { createJwkBody } from './jwk-schemas.ts';
import { parseJwkDescription } from './source-schemas.ts';

interface ParseOperation {
  /** Ends the path: `parse-from-url`. */
  readonly from: string;
  /** As the summary of the operation names it. */
  readonly title: string;
  readonly operationId: string;
  /** The source whose fields it takes; `key` follows what the stored key is. */
  readonly source: SourceType;
}

const operations: readonly ParseOperation[] = [
  { from: 'url', title: 'a URL', operationId: 'parseJwkFromUrl', source: 'URL' },
  { from: 'clipboard', title: 'a JSON string', operationId: 'parseJwkFromClipboard', source: 'COPY_PASTE' },
  {
    from: 'certificate',
    title: 'a certificate',
    operationId: 'parseJwkFromCertificate',
    source: 'CERTIFICATE',
  },
  { from: 'key', title: 'a key', operationId: 'parseJwkFromKey', source: 'PRIVATE_KEY' },
  { from: 'keystore', title: 'a keystore', operationId: 'parseJwkFromKeystore', source: 'KEYSTORE' },
];

type Services = Pick<RouteServices, 'createJwk' | 'keys' | 'idempotency'>;

/** Create JWK with the source type in the path. */
export function parseJwk(app: KeyplaneServer, services: Services): void {
  for (const operation of operations) addParse(app, services, operation);
}

function addParse(
  app: KeyplaneServer,
  services: Services,
  { from, title, operationId, source }: ParseOperation,
): void {
  const schemaName = operationId[0]?.toUpperCase() + operationId.slice(1);
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
      summary: `Create a JWK from ${title}`,
      description: 'The same as Create JWK, without `sourceType`.',
      params: z.object({ projectName: z.string() }),
      body: describedAs(createJwkBody.pick({ ...known, ...fields }), parseJwkDescription(schemaName, source)),
      response: { 200: deploymentResponse },
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
