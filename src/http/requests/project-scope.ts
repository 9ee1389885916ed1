import type { FastifyRequest } from 'fastify';
import type { ProjectScope } from '../../access/caller.ts';

/** On whose behalf, and in which project. */
export function projectScopeOf(request: Pick<FastifyRequest, 'project' | 'caller'>): ProjectScope {
  const { projectId, projectName } = request.project;
  return { projectId, projectName, actor: request.caller.username };
}
