import type { FastifyRequest } from 'fastify';
import type { JwkScope } from '../../jwks/insert-jwk.ts';

/** On whose behalf, and in which project. */
export function jwkScopeOf(request: Pick<FastifyRequest, 'project' | 'caller'>): JwkScope {
  const { projectId, projectName } = request.project;
  return { projectId, projectName, actor: request.caller.username };
}
