import { keyTypeOptions } from '../../../src/jose/key-type-options.ts';

/** Key types that JWK Sets can hold. */
export const publicKeyTypes = keyTypeOptions.filter(({ isSymmetric }) => !isSymmetric);
