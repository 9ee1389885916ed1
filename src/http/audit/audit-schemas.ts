import { z } from 'zod';
import type { AuditRecord } from '../../audit/audit-log.ts';
import { named } from '../openapi/named.ts';
import { instant, instantText } from '../responses/response-schemas.ts';

/** One record as it is shown. Its hash is not returned: only the holder of the key can verify it. */
export const auditItem = named(
  'AuditRecord',
  z.object({
    sequence: z.number().int(),
    at: instant,
    actor: z.string().describe('Name of the user, or `system`'),
    action: z.string().describe('Object and verb, such as `jwk.create`'),
    objectType: z.string(),
    objectName: z.string(),
    projectName: z.string().nullable(),
    outcome: z.enum(['SUCCESS', 'DENIED', 'FAILURE']),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  }),
);

export function auditView(record: AuditRecord): z.infer<typeof auditItem> {
  const { sequence, at, actor, action, objectType, objectName, projectName, outcome, details } = record;
  return {
    sequence,
    actor,
    action,
    objectType,
    objectName,
    projectName,
    outcome,
    at: instantText(at),
    details: { ...details },
  };
}
