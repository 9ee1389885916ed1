// All stores of one transaction.

import type { Database } from '../database-schema.ts';
import { DumpTables } from '../dump/dump-tables.ts';
import { RowGuard } from '../integrity/row-guard.ts';
import { AbsenceTable } from './absence-table.ts';
import { ApplicationTable } from './application-table.ts';
import { AuditTable } from './audit-table.ts';
import { CertificateTable } from './certificate-table.ts';
import { ConsistencyTable } from './consistency-table.ts';
import { cryptoKeyTable } from './crypto-key-table.ts';
import { DataKeyTable } from './data-key-table.ts';
import { DesiredStateTable } from './desired-state-table.ts';
import { DiagnosticsTable } from './diagnostics-table.ts';
import { EnrollmentTokenTable } from './enrollment-token-table.ts';
import { EnvironmentTable } from './environment-table.ts';
import { EventTable } from './event-table.ts';
import { ExpirationNoticeTable } from './expiration-notice-table.ts';
import { IdempotencyKeyTable } from './idempotency-key-table.ts';
import { IdentityKeyTable } from './identity-key-table.ts';
import { InstallationStatsTable } from './installation-stats-table.ts';
import { InstallationTable } from './installation-table.ts';
import { IssuerKeySetTable } from './issuer-key-set-table.ts';
import { JwkTable } from './jwk-table.ts';
import { KeyRingTable } from './key-ring-table.ts';
import { keystoreTable } from './keystore-table.ts';
import { LeaseTable } from './lease-table.ts';
import { MacTable } from './mac-table.ts';
import { ManagerTable } from './manager-table.ts';
import { MemberTable } from './member-table.ts';
import { NodeKeyTable } from './node-key-table.ts';
import { NodeTable } from './node-table.ts';
import { OutletDeliveryTable } from './outlet-delivery-table.ts';
import { OutletTable } from './outlet-table.ts';
import { OverviewTable } from './overview-table.ts';
import { ProjectTable } from './project-table.ts';
import { RefreshTable } from './refresh-table.ts';
import { RelayedTestTable } from './relayed-test-table.ts';
import { SealedRowTable } from './sealed-row-table.ts';
import { SealedValues } from './sealed-values.ts';
import { SharedKidTable } from './shared-kid-table.ts';
import type { Stores } from './stores.ts';
import type { TableContext } from './table-context.ts';
import { TokenProfileTable } from './token-profile-table.ts';
import { TokenTable } from './token-table.ts';
import { UserTable } from './user-table.ts';
import { ViewTable } from './view-table.ts';
import { WebhookTable } from './webhook-table.ts';

export function createStores(database: Database, context: TableContext): Stores {
  const { cache, notify, engine, keys } = context;
  const audit = new AuditTable(database, context);
  const dataKeys = new DataKeyTable(database);
  const sealed = new SealedValues(keys, dataKeys);
  const guard = new RowGuard(keys, async () => {
    // A row must not refer to a record before one of its own that is still open.
    if (context.isExclusive) await keys.audit?.close({ audit });
    return (await audit.head()).sequence;
  });
  const jwks = new JwkTable(database, { guard, sealed }, context);
  return {
    users: new UserTable(database, notify),
    tokens: new TokenTable(database, notify),
    projects: new ProjectTable(database, { notify, guard }),
    members: new MemberTable(database, { notify, guard }),
    environments: new EnvironmentTable(database, { notify, guard }),
    enrollmentTokens: new EnrollmentTokenTable(database, notify),
    managers: new ManagerTable(database, engine),
    nodeKeys: new NodeKeyTable(database, notify),
    nodes: new NodeTable(database, { cache, notify, engine, keys }),
    desired: new DesiredStateTable(database, context, guard),
    jwks,
    rings: new KeyRingTable(database, guard, jwks),
    applications: new ApplicationTable(database, guard),
    issuerKeySets: new IssuerKeySetTable(database, guard),
    tokenProfiles: new TokenProfileTable(database, guard),
    views: new ViewTable(database, guard),
    outlets: new OutletTable(database, { guard, sealed }),
    relayedTests: new RelayedTestTable(database, notify),
    outletDeliveries: new OutletDeliveryTable(database),
    refreshes: new RefreshTable(database),
    events: new EventTable(database),
    webhooks: new WebhookTable(database),
    absences: new AbsenceTable(database, engine),
    expirationNotices: new ExpirationNoticeTable(database),
    certificates: new CertificateTable(database, { guard, sealed }),
    cryptoKeys: cryptoKeyTable(database, { guard, sealed }),
    keystores: keystoreTable(database, { guard, sealed }),
    idempotencyKeys: new IdempotencyKeyTable(database),
    overview: new OverviewTable(database),
    leases: new LeaseTable(database),
    stats: new InstallationStatsTable(database, engine),
    audit,
    dataKeys,
    identityKeys: new IdentityKeyTable(database, sealed),
    sealedRows: new SealedRowTable(database),
    diagnostics: new DiagnosticsTable(database, engine),
    sharedKids: new SharedKidTable(database),
    consistency: new ConsistencyTable(database),
    macs: new MacTable(database, guard),
    dump: new DumpTables(database),
    installation: new InstallationTable(database, guard),
  };
}
