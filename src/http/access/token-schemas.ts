import { z } from 'zod';
import type { NarrowedProject, Token } from '../../access/access-store.ts';
import { named } from '../openapi/named.ts';
import { role } from '../openapi/named-values.ts';
import { instant, instantOrNull, instantText } from '../responses/response-schemas.ts';

export const narrowedProject = named(
  'NarrowedProject',
  z.object({ projectName: z.string(), roles: z.array(role) }),
);

/** What lists show: never the token. */
export const tokenItem = named(
  'Token',
  z.object({
    name: z.string(),
    createdAt: instant,
    expiresAt: instant.nullable().describe('Null: never'),
    projects: z
      .array(narrowedProject)
      .nullable()
      .describe(
        'The projects and roles that the token is narrowed to; null: it has all permissions of its user',
      ),
    lastUsedAt: instant.nullable().describe('To about ten minutes; null: not used yet'),
  }),
);

export const tokenSortFields = ['name', 'createdAt', 'expiresAt', 'lastUsedAt'] as const;

/** For `pageOf`. */
export const tokenPage = Object.freeze({
  searched: ({ name }: Token) => [name],
  sorted: {
    name: ({ name }: Token) => name,
    createdAt: ({ createdAt }: Token) => createdAt,
    expiresAt: ({ expiresAt }: Token) => expiresAt,
    lastUsedAt: ({ lastUsedAt }: Token) => lastUsedAt,
  },
  shown: ({ name, createdAt, expiresAt, projects, lastUsedAt }: Token) => ({
    name: name ?? '',
    createdAt: instantText(createdAt),
    expiresAt: instantOrNull(expiresAt),
    projects: narrowedProjectsView(projects),
    lastUsedAt: instantOrNull(lastUsedAt),
  }),
});

export function narrowedProjectsView(projects: readonly NarrowedProject[] | null) {
  return projects?.map(({ projectName, roles }) => ({ projectName, roles: [...roles] })) ?? null;
}
