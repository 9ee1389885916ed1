import type { Operations } from '../../../clients/typescript/src/index.ts';
import { shortTime, textTable } from '../terminal/table.ts';

type Token = Operations['listTokens']['answer']['resultList'][number];

/** Personal tokens, one a line; never the tokens themselves. */
export function tokenTable(tokens: readonly Token[]): string {
  return textTable(
    ['NAME', 'CREATED', 'EXPIRES', 'LAST USED', 'PROJECTS'],
    tokens.map(({ name, createdAt, expiresAt, lastUsedAt, projects }) => [
      name,
      shortTime(createdAt),
      shortTime(expiresAt) ?? 'never',
      shortTime(lastUsedAt) ?? 'never',
      projects?.map(({ projectName }) => projectName).join(', ') ?? 'all',
    ]),
  );
}
