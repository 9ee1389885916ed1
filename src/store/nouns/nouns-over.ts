// All nouns over one transaction.

import { DumpTables } from '../dump/dump-tables.ts';
import { RowGuard } from '../integrity/row-guard.ts';
import type { Database } from '../tables.ts';
import { MemberTable } from './access/member-table.ts';
import { ProjectTable } from './access/project-table.ts';
import { TokenTable } from './access/token-table.ts';
import { UserTable } from './access/user-table.ts';
import { AuditTable } from './audit/audit-table.ts';
import { FiguresTable } from './counts/figures-table.ts';
import { OverviewTable } from './counts/overview-table.ts';
import { DesiredStateTable } from './desired-state-table.ts';
import { EnrollmentTokenTable } from './environments/enrollment-token-table.ts';
import { EnvironmentTable } from './environments/environment-table.ts';
import { ManagerTable } from './environments/manager-table.ts';
import { NodeKeyTable } from './environments/node-key-table.ts';
import { NodeTable } from './environments/node-table.ts';
import { IdempotencyKeyTable } from './idempotency-key-table.ts';
import { InstallationTable } from './installation-table.ts';
import { JwkTable } from './jwk-table.ts';
import { LeaseTable } from './lease-table.ts';
import { CertificateTable } from './materials/certificate-table.ts';
import { cryptoKeyTable } from './materials/crypto-key-table.ts';
import { keystoreTable } from './materials/keystore-table.ts';
import type { Nouns } from './nouns.ts';
import { RefreshTable } from './refresh-table.ts';
import { ConsistencyTable } from './reports/consistency-table.ts';
import { SharedKidTable } from './reports/shared-kid-table.ts';
import { SurveyTable } from './reports/survey-table.ts';
import { DataKeyTable } from './sealing/data-key-table.ts';
import { IdentityKeyTable } from './sealing/identity-key-table.ts';
import { MacTable } from './sealing/mac-table.ts';
import { SealedRowTable } from './sealing/sealed-row-table.ts';
import { SealedValues } from './sealing/sealed-values.ts';
import type { Surroundings } from './surroundings.ts';

export function nounsOver(database: Database, { carried, notify, engine, keys }: Surroundings): Nouns {
  const audit = new AuditTable(database, carried);
  const dataKeys = new DataKeyTable(database);
  const sealed = new SealedValues(keys, dataKeys);
  const guard = new RowGuard(keys, async () => (await audit.head()).sequence);
  return {
    users: new UserTable(database),
    tokens: new TokenTable(database),
    projects: new ProjectTable(database),
    members: new MemberTable(database),
    environments: new EnvironmentTable(database, notify),
    enrollmentTokens: new EnrollmentTokenTable(database, notify),
    managers: new ManagerTable(database, engine),
    nodeKeys: new NodeKeyTable(database, notify),
    nodes: new NodeTable(database, { carried, notify, engine, keys }),
    desired: new DesiredStateTable(database, notify, guard),
    jwks: new JwkTable(database, guard, sealed),
    refreshes: new RefreshTable(database),
    certificates: new CertificateTable(database, { guard, sealed }),
    cryptoKeys: cryptoKeyTable(database, { guard, sealed }),
    keystores: keystoreTable(database, { guard, sealed }),
    idempotencyKeys: new IdempotencyKeyTable(database),
    overview: new OverviewTable(database),
    leases: new LeaseTable(database),
    figures: new FiguresTable(database, engine),
    audit,
    dataKeys,
    identityKeys: new IdentityKeyTable(database, sealed),
    sealedRows: new SealedRowTable(database),
    survey: new SurveyTable(database, engine),
    sharedKids: new SharedKidTable(database),
    consistency: new ConsistencyTable(database),
    macs: new MacTable(database, guard),
    dump: new DumpTables(database),
    installation: new InstallationTable(database),
  };
}
