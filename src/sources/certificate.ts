import { mostCertificates, publicKeyOf, readCertificateDer, x5Members } from '../jose/certificate.ts';
import type { JsonObject } from '../jose/json.ts';
import { inspectOne } from './inspected-key.ts';
import { type JwkSource, readRequiredUsage, requestedKid, requireFields } from './jwk-source.ts';
import { kidOfMaterial } from './stored-key.ts';

const required = ['certificateName', 'environmentName', 'useType', 'algorithm'] as const;

/** The public key of a stored certificate, with the certificate and its chain beside it. */
export const certificateSource: JwkSource = {
  label: 'Certificate',
  required,
  fields: [...required, 'kid'],
  keyMember: 'certificateName',
  kidDescription: kidOfMaterial,
  checkFields(request) {
    requireFields(request, 'CERTIFICATE', required);
    readRequiredUsage(request);
  },
  async read(request, context) {
    const { certificateName = '', environmentName = '' } = request;
    const kid = requestedKid(request);
    const { id, chain } = await context.certificate(certificateName, environmentName);
    return {
      ...fromChain(chain),
      ...(kid !== undefined && { kid }),
      requiredUsage: readRequiredUsage(request),
      sourceId: id,
      sourceUrl: null,
    };
  },
  async inspect(request, context) {
    requireFields(request, 'CERTIFICATE', ['certificateName', 'environmentName']);
    const { certificateName = '', environmentName = '' } = request;
    const { chain } = await context.certificate(certificateName, environmentName);
    return { keys: [inspectOne(() => fromChain(chain))], total: 1 };
  },
};

/** What every JWK that comes with a certificate has: `x5c`, both thumbprints, and the certificate's validity. */
export function fromChain(chain: readonly Buffer[], key?: JsonObject) {
  const [first = Buffer.alloc(0)] = chain;
  const leaf = readCertificateDer(first);
  // The import takes the part of the chain that is connected and warns about the rest.
  const x5c = chain.slice(0, mostCertificates).map((der) => der.toString('base64'));
  return {
    raw: { ...(key ?? publicKeyOf(leaf)), ...x5Members([leaf]), x5c } as JsonObject,
    ...(leaf.restriction !== undefined && { restriction: leaf.restriction }),
    notBeforeTime: leaf.startDate,
    expirationTime: leaf.endDate,
  };
}
