import { firstSchema } from './0001-first-schema.ts';
import { urlRefresh } from './0002-url-refresh.ts';
import { severalManagers } from './0003-several-managers.ts';
import { dataKeyNextWrap } from './0004-data-key-next-wrap.ts';
import { divergedNodes } from './0005-diverged-nodes.ts';
import { auditIndexes } from './0006-audit-indexes.ts';
import { kids } from './0007-kids.ts';
import { integrity } from './0008-integrity.ts';
import { nodeKeys } from './0009-node-keys.ts';
import { narrowedTokens } from './0010-narrowed-tokens.ts';
import { environmentSets } from './0011-environment-sets.ts';
import { kidSince } from './0012-kid-since.ts';
import { sinceRevision } from './0013-since-revision.ts';
import { keyRings } from './0014-key-rings.ts';
import { credentials } from './0015-credentials.ts';
import { tokenProfiles } from './0016-token-profiles.ts';
import { views } from './0017-views.ts';
import { outlets } from './0018-outlets.ts';
import { events } from './0019-events.ts';
import { openAuditRecords } from './0020-open-audit-records.ts';
import { outletWrites } from './0021-outlet-writes.ts';
import { heldEvents } from './0022-held-events.ts';
import { outletTests } from './0023-outlet-tests.ts';
import { keyPasswords } from './0024-key-passwords.ts';
import { settingsIntegrity } from './0025-settings-integrity.ts';
import type { Migration } from './column-types.ts';

/**
 * The place in the list, from 1, is the version. From the third on they only add what an older manager that is still
 * running does not notice: tables, indexes that refuse nothing, columns that are null or have a default. The eighth
 * rejects the writes of older managers, the 25th those of projects and environments.
 */
export const migrations: readonly Migration[] = [
  firstSchema,
  urlRefresh,
  severalManagers,
  dataKeyNextWrap,
  divergedNodes,
  auditIndexes,
  kids,
  integrity,
  nodeKeys,
  narrowedTokens,
  environmentSets,
  kidSince,
  sinceRevision,
  keyRings,
  credentials,
  tokenProfiles,
  views,
  outlets,
  events,
  openAuditRecords,
  outletWrites,
  heldEvents,
  outletTests,
  keyPasswords,
  settingsIntegrity,
];
