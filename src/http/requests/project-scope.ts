import type { FastifyRequest } from 'fastify';
import type { MaterialScope } from '../../materials/material-scope.ts';

/** On whose behalf, and in which project. */
export function projectScopeOf(request: Pick<FastifyRequest, 'project' | 'caller'>): MaterialScope {
  const { projectId, projectName } = request.project;
  return { projectId, projectName, actor: request.caller.username };
}
