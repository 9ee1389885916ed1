import type { KeyFacts } from '../../../../clients/typescript/src/index.ts';

export function keyFactsText({ keyType, type, curve, size }: KeyFacts): string {
  const half = keyType === 'PRIVATE_KEY' ? 'private' : 'public';
  return curve === null ? `${type} ${half} key, ${size} bits` : `${type} ${half} key, ${curve}`;
}
