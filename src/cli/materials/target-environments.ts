import { CliFailure, exitCode } from '../failure.ts';
import { splitNames } from '../flag-values.ts';
import type { ProjectConnection } from '../session/connection.ts';

/** As named; otherwise every environment of the project, where its JWKs are deployed. @throws CliFailure */
export async function targetEnvironments(
  { client, projectName }: ProjectConnection,
  named: string | undefined,
): Promise<readonly string[]> {
  if (named !== undefined) return splitNames(named);
  const { resultList } = await client.listProjectEnvironments({ projectName });
  if (resultList.length > 0) return resultList.map(({ name }) => name);
  throw new CliFailure(
    `Project ${projectName} has no environment to store it in: keyplane env create NAME --type TEST`,
    exitCode.notFound,
  );
}
