import { z } from 'zod';
import { defaultPublishedKeyTypes, publicKeyTypeNames } from '../../jose/key-types.ts';

export function publishKeyTypesMember() {
  return z
    .array(z.string())
    .max(100)
    .optional()
    .describe(
      `Key types in the JWK Set of the project, of ${publicKeyTypeNames.join(', ')}. Default: ${defaultPublishedKeyTypes.join(', ')}`,
    );
}
