import type { Operations } from '../../../clients/typescript/src/index.ts';
import { timeText } from '../../runtime/time-text.ts';
import type { ListOutput } from '../terminal/output.ts';

type Token = Operations['listTokens']['answer']['resultList'][number];

/** Personal tokens, without the tokens themselves. */
export const tokenView: ListOutput<Token> = {
  columns: [
    { head: 'NAME', value: ({ name }) => name },
    { head: 'CREATED', value: ({ createdAt }) => timeText(createdAt) },
    { head: 'EXPIRES', value: ({ expiresAt }) => timeText(expiresAt) ?? 'never' },
    { head: 'LAST USED', value: ({ lastUsedAt }) => timeText(lastUsedAt) ?? 'never' },
    {
      head: 'PROJECTS',
      value: ({ projects }) => projects?.map(({ projectName }) => projectName).join(', ') ?? 'all',
    },
    {
      head: 'ROLES',
      isWide: true,
      value: ({ projects }) =>
        projects?.map(({ projectName, roles }) => `${projectName}=${roles.join(',')}`).join(' ') ?? 'all',
    },
  ],
  name: ({ name }) => name,
};
