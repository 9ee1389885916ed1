import { expect, test } from 'vitest';
import {
  deploymentResult,
  environmentResult,
  latestResults,
} from '../../src/deployments/deployment-result.ts';

const done = (name: string) => environmentResult(name, [], 'deploy');
const failed = (name: string) => environmentResult(name, [{ nodeName: 'n', reason: 'away' }], 'deploy');

test('of several deployments each environment has its latest result, and none is left out', () => {
  const first = deploymentResult([done('a'), failed('b'), done('c')], 'deploy');
  const second = deploymentResult([failed('a'), done('b')], 'deploy');
  expect(latestResults(first, second, 'deploy')).toEqual({
    success: false,
    message: 'Deployment failed in 1 of 3 environments',
    environmentResults: [failed('a'), done('b'), done('c')],
  });
  expect(latestResults(first, undefined, 'deploy')).toEqual(first);
  expect(latestResults(undefined, undefined, 'deploy')).toEqual(deploymentResult([], 'deploy'));
});
