import { z } from 'zod';
import type { ChangeResult } from '../../deployments/deployment-result.ts';
import { named } from '../openapi/named.ts';

export const warningTexts = z
  .array(z.string())
  .optional()
  .describe('What was left out or rewritten of what was given; absent where there is nothing to say');

/** The member is absent where there is nothing to say. */
export function warningsMember(warnings: readonly string[] = []): { warnings?: string[] } {
  return warnings.length === 0 ? {} : { warnings: [...warnings] };
}

const environmentResult = named(
  'EnvironmentResult',
  z.object({ environmentName: z.string(), success: z.boolean(), message: z.string() }),
);

export const deploymentResultSchema = named(
  'DeploymentResult',
  z.object({
    success: z.boolean().describe('Every environment has it'),
    message: z.string(),
    environmentResults: z.array(environmentResult),
  }),
);

/** What every change that deploys returns: it is stored, and this is which environment has it. */
export const deploymentResponse = named(
  'DeploymentAnswer',
  z.object({
    success: z.literal(true).describe('It is stored'),
    deploymentResult: deploymentResultSchema,
    warnings: warningTexts,
  }),
);

export function toDeploymentResponse({ warnings, ...deploymentResultSchema }: ChangeResult) {
  const { success, message, environmentResults } = deploymentResultSchema;
  return {
    success: true as const,
    deploymentResult: { success, message, environmentResults: [...environmentResults] },
    ...warningsMember(warnings),
  };
}
