import type { QueryClient } from '@tanstack/react-query';
import type { Operations } from '../../../../clients/typescript/src/index.ts';
import { resultOf } from '../../display/deployment-note.tsx';
import { utcText } from '../../display/instants.ts';
import { keepDeployment } from '../../display/last-deployment.ts';
import type { RingRef } from '../ring-types.ts';

type RotationAnswer = Operations['rotateKeyRing']['answer'];

/** The page of the ring shows what was done, and when the key that was asked for is active. */
export function announceRotation(
  queries: QueryClient,
  { projectName, ringName }: RingRef,
  title: string,
  answer: RotationAnswer,
): void {
  const { activatesAt } = answer;
  const isToCome = activatesAt !== null && Date.parse(activatesAt) > Date.now();
  keepDeployment(queries, ['key-rings', projectName, ringName], {
    title,
    detail: isToCome ? `The key becomes active at ${utcText(activatesAt)}.` : undefined,
    result: resultOf(answer),
  });
}
