import type { DeployedApplication } from '../protocol/content.ts';
import type { Application } from './application.ts';

/** What nodes get of an application: never a token, only hashes. */
export function applicationContent(application: Application, projectName: string): DeployedApplication {
  const { id, name, expiresAt, tokens, grants } = application;
  return {
    kind: 'application',
    id,
    project: projectName,
    name,
    expires: expiresAt?.getTime() ?? null,
    tokens: tokens.map(({ hash, validUntil }) => ({ hash, validUntil: validUntil?.getTime() ?? null })),
    grants: grants.map(({ keyRingId, jwkId, operations }) => ({ keyRingId, jwkId, operations })),
  };
}
