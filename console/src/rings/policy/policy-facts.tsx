import { Text } from '@mantine/core';
import { Facts } from '../../display/facts.tsx';
import { generatedKind } from '../../jwk-form/generated-kinds.ts';
import { useWords } from '../../jwks/jwk-words.ts';
import { durationWords } from '../../quantity/quantity.ts';
import type { KeyRing } from '../ring-types.ts';
import { parametersOf } from './ring-parameters.ts';

export function RingPolicyPanel({ ring }: { readonly ring: KeyRing }) {
  const { rotationInterval, signingLease, environmentNames } = ring;
  const { variant, algorithm } = parametersOf(ring);
  const label = generatedKind(ring.type).generate.variants.find(({ value }) => value === variant)?.label;
  return (
    <>
      <Facts
        facts={[
          ['Keys', [`${ring.type} ${label ?? variant}`, algorithm].filter(Boolean).join(', ')],
          ['Use', useWords[ring.use] ?? ring.use],
          [
            'Rotated',
            rotationInterval === null ? 'by hand only' : `every ${durationWords(rotationInterval)}`,
          ],
          [
            ring.use === 'enc' ? 'Longest wait for decryption' : 'Longest token lifetime',
            durationWords(ring.maxTokenLifetime),
          ],
          ['Published before use', durationWords(ring.publicationDelay)],
          ['Verifiers keep a set for', durationWords(ring.verifierCacheTime)],
          ['Clock skew', durationWords(ring.clockSkew)],
          [
            'Signing lease',
            signingLease === null ? 'none: nodes sign without limit' : durationWords(signingLease),
          ],
          ['Private keys', ring.exportable ? 'can be exported' : 'not exportable'],
          ['Environments', environmentNames === null ? 'all of the project' : environmentNames.join(', ')],
        ]}
      />
      {ring.cacheAdvice !== null && (
        <Text size="sm" mt="xs">
          {inWords(ring.cacheAdvice)}
        </Text>
      )}
    </>
  );
}

/** The same sentence with `PT24H` as `24 hours`, like the durations above it. */
function inWords(sentence: string): string {
  return sentence.split(' ').map(durationWords).join(' ');
}
