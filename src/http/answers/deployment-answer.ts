import { z } from 'zod';
import type { DeploymentResult } from '../../deployments/deployment-result.ts';

/** What every change that deploys answers with: it is stored, and this is which environment has it. */
export const deploymentAnswer = z.object({
  success: z.literal(true).describe('It is stored'),
  deploymentResult: z.object({
    success: z.boolean().describe('Every environment has it'),
    message: z.string(),
    environmentResults: z.array(
      z.object({ environmentName: z.string(), success: z.boolean(), message: z.string() }),
    ),
  }),
});

export function deploymentAnswerOf(deploymentResult: DeploymentResult) {
  const { success, message, environmentResults } = deploymentResult;
  return {
    success: true as const,
    deploymentResult: { success, message, environmentResults: [...environmentResults] },
  };
}
