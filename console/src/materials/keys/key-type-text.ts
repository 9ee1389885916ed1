import type { Key } from './key-dialog.tsx';

const words = { PRIVATE_KEY: 'private key', PUBLIC_KEY: 'public key', SECRET_KEY: 'secret key' } as const;

export function keyTypeText({ keyType, algorithm }: Pick<Key, 'keyType' | 'algorithm'>): string {
  return algorithm === null ? words[keyType] : `${words[keyType]} for ${algorithm}`;
}
