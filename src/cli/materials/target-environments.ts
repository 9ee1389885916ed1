import { CliFailure, exitCode } from '../failure.ts';
import type { ProjectConnection } from '../session/connection.ts';
import { splitNames } from './replacement-flags.ts';

/** As named; else every environment that the project reaches, which is where its JWKs go. @throws CliFailure */
export async function targetEnvironments(
  { client, projectName }: ProjectConnection,
  named: string | undefined,
): Promise<readonly string[]> {
  if (named !== undefined) return splitNames(named);
  const { resultList } = await client.listProjectEnvironments({ projectName });
  if (resultList.length > 0) return resultList.map(({ name }) => name);
  throw new CliFailure(
    `Project ${projectName} reaches no environment, and material belongs to one: keyplane env create NAME --type TEST`,
    exitCode.notFound,
  );
}
