import { z } from 'zod';
import { keyTypeName } from '../../../jose/key-type-name.ts';
import { isSymmetric, keyTypes } from '../../../jose/key-types.ts';
import { alternatives } from '../../../jose/shown.ts';
import type { RouteServices } from '../../http-services.ts';
import type { KeyplaneServer } from '../../keyplane-server.ts';
import { describedAs, named } from '../../openapi/named.ts';
import { listOf, listResponse } from '../../responses/response-schemas.ts';
import { openToMembers } from '../../route-access.ts';

const asymmetricTypes = keyTypes.filter((kty) => !isSymmetric({ kty })).map(keyTypeName);
const item = named(
  'KeyFacts',
  z.object({
    keyType: z.enum(['PRIVATE_KEY', 'PUBLIC_KEY']),
    type: z.string().describe(alternatives(asymmetricTypes)),
    curve: z.string().nullable(),
    size: z.number().int().nullable().describe('Bits; null where the algorithm says it'),
  }),
);

const given = z.strictObject({
  content: z.string().optional().describe('PEM, or base64 of PEM or of DER'),
  passphrase: z.string().max(1024).optional().describe('Opens an encrypted private key'),
});
const body = describedAs(
  given,
  named('KeyFile', given.extend({ content: z.string().min(1).describe('PEM, or base64 of PEM or of DER') })),
);

/** What a key file holds, before it is stored. */
export function inspectKeyRoute(app: KeyplaneServer, { keys }: Pick<RouteServices, 'keys'>): void {
  app.route({
    method: 'POST',
    url: '/apiops/projects/:projectName/keys/inspect/',
    config: { access: openToMembers('ROLE_API_SECURITY'), alsoRefuses: [429] },
    schema: {
      operationId: 'inspectKey',
      tags: ['keys'],
      summary: 'Inspect a private or public key without storing it',
      description: 'The response tells what the content is.',
      params: z.object({ projectName: z.string() }),
      body,
      response: { 200: listOf(item) },
    },
    handler: async (request) => {
      const { keyType, type, curve, size } = await keys.inspect(request.body);
      return listResponse([{ keyType, type, curve, size }]);
    },
  });
}
