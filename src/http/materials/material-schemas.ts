import { z } from 'zod';
import { cryptoKeyTypes } from '../../protocol/content.ts';
import { named } from '../openapi/named.ts';
import { keystoreType } from '../openapi/named-values.ts';
import { instant } from '../responses/response-schemas.ts';

const base = {
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  createdAt: instant,
  updatedAt: instant,
};

export const certificateItem = named(
  'Certificate',
  z.object({
    ...base,
    certificateEnvironmentList: z.array(
      z.object({
        environmentName: z.string(),
        startDate: instant,
        endDate: instant,
        base64EncodedContent: z.string().describe('base64 of the DER certificate'),
        sha1Thumbprint: z.string().describe('SHA-1 of the DER certificate, hex'),
        subjectDn: z.string(),
        alias: z.string(),
      }),
    ),
  }),
);

export const keyItem = named(
  'Key',
  z.object({
    ...base,
    keyType: z.enum(cryptoKeyTypes),
    algorithm: z.string().nullable(),
    cryptoKeyInfoEnvironmentList: z.array(
      z.object({ environmentName: z.string(), alias: z.string().nullable() }),
    ),
  }),
);

export const keystoreItem = named(
  'Keystore',
  z.object({
    ...base,
    keyStoreEnvironmentList: z.array(
      z.object({
        environmentName: z.string(),
        alias: z.string().nullable(),
        keyStoreType: keystoreType,
      }),
    ),
  }),
);
