import { z } from 'zod';
import { publicJwkFacts } from '../../../jwks/jwk-facts.ts';
import type { RouteServices } from '../../http-services.ts';
import type { KeyplaneServer } from '../../keyplane-server.ts';
import {
  certificateFactsItem,
  certificateFactsView,
} from '../../materials/inspect/certificate-facts-schema.ts';
import { named } from '../../openapi/named.ts';
import { listOf, listResponse } from '../../responses/response-schemas.ts';
import { openToMembers } from '../../route-access.ts';
import { jwkParams } from '../jwk-schemas.ts';

const item = named(
  'PublicJwk',
  z.object({
    name: z.string(),
    jwk: z.record(z.string(), z.unknown()).nullable().describe('Public members; null for an OCT key'),
    pem: z.string().nullable(),
    thumbprint: z.string().nullable().describe('RFC 7638, SHA-256'),
    certificates: z.array(certificateFactsItem).describe('Of `x5c`, the leaf first'),
    hasPrivatePart: z.boolean().describe('Whether keyplane stores private members of the JWK'),
  }),
);

/** The public half in every form that is copied somewhere. */
export function getJwkPublicRoute(app: KeyplaneServer, { jwks }: Pick<RouteServices, 'jwks'>): void {
  app.route({
    method: 'GET',
    url: '/apiops/projects/:projectName/jwks/:jwkName/public/',
    config: { access: openToMembers('ROLE_API_SECURITY') },
    schema: {
      operationId: 'getJwkPublic',
      tags: ['jwks'],
      summary: 'Get the public part of a JWK',
      description:
        'JWK, PEM, thumbprint and certificates for a partner. The response never has a private member.',
      params: jwkParams,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const { stored } = await jwks.get(request.project.projectId, request.params.jwkName);
      const { jwk, pem, thumbprint, certificates, hasPrivatePart } = publicJwkFacts(stored);
      return listResponse([
        {
          name: stored.name,
          pem,
          thumbprint,
          hasPrivatePart,
          jwk: jwk && { ...jwk },
          certificates: certificates.map(certificateFactsView),
        },
      ]);
    },
  });
}
