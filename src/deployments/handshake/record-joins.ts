// What the audit record says of joins. A node that is rejected tries again for as long as it runs, and anybody on the
// network can be rejected, so rejections go through the log that bounds them.

import { auditEvent } from '../../audit/audit-event.ts';
import type { AuditEvent, AuditLog, AuditStore } from '../../audit/audit-log.ts';
import type { RejectionLog } from '../../audit/rejection-log.ts';
import { networkOf } from '../../runtime/network-of.ts';

export interface JoinEvent {
  /** Null where no environment of the name exists. */
  readonly environment: string | null;
  readonly name: string;
  readonly address: string | null;
  readonly tokenId: string | null;
  readonly tokenName: string | null;
}

export interface RefusedJoin extends JoinEvent {
  readonly reason: string;
}

export async function recordJoin(
  audit: AuditLog,
  stores: { readonly audit: AuditStore },
  event: JoinEvent & { readonly verb: 'join' | 'replace'; readonly nodeId: string },
): Promise<void> {
  const { verb, nodeId, name, ...details } = event;
  await audit.append(stores, nodeEvent(verb, { objectId: nodeId, objectName: name, details }));
}

/** Its share is that of the network, or of all whose address is unknown. Never rejects. */
export type RecordRefusedJoin = (refused: RefusedJoin) => Promise<void>;

export function createRefusedJoinRecorder(
  rejections: RejectionLog,
  onError: (error: unknown) => void,
): RecordRefusedJoin {
  return ({ name, ...details }) => {
    const event = nodeEvent('refuse', { objectName: name, outcome: 'DENIED', details });
    return rejections.append(event, networkOf(details.address ?? '')).catch(onError);
  };
}

function nodeEvent(
  verb: 'join' | 'replace' | 'refuse',
  facts: Pick<AuditEvent, 'objectName' | 'details'> & Partial<AuditEvent>,
): AuditEvent {
  return auditEvent({ actor: 'system', action: `node.${verb}`, objectType: 'node', ...facts });
}
