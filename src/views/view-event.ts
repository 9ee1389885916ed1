import type { ProjectScope } from '../access/caller.ts';
import { auditEvent } from '../audit/audit-event.ts';
import type { AuditEvent } from '../audit/audit-log.ts';
import type { NamedSelection, NamedSelections } from './selection.ts';
import type { View } from './view.ts';

export function viewEvent(
  verb: 'create' | 'update' | 'delete',
  { actor, projectName }: Pick<ProjectScope, 'actor' | 'projectName'>,
  { id, name }: View,
  { include, exclude }: NamedSelections,
): AuditEvent {
  return auditEvent({
    actor,
    action: `view.${verb}`,
    objectType: 'view',
    objectId: id,
    objectName: name,
    projectName,
    details: { ...detailsOf('include', include), ...detailsOf('exclude', exclude) },
  });
}

/** `includeKeyTypes`: what is in each list that is given. */
function detailsOf(member: 'include' | 'exclude', selection: NamedSelection | null): Record<string, string> {
  const lists = Object.entries(selection ?? {});
  return Object.fromEntries(
    lists.map(([list, items]) => [
      `${member}${list.slice(0, 1).toUpperCase()}${list.slice(1)}`,
      items.join(', '),
    ]),
  );
}
