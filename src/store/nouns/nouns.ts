import type { AccessNouns } from '../../access/access-store.ts';
import type { AuditStore } from '../../audit/audit-log.ts';
import type { DumpNouns } from '../../backup/dump-store.ts';
import type { DesiredStateNouns } from '../../deployments/desired-state-store.ts';
import type { IdentityNouns } from '../../deployments/handshake/identity-store.ts';
import type { ConsistencyNouns } from '../../doctor/consistency-store.ts';
import type { SurveyNouns } from '../../doctor/survey-store.ts';
import type { EnvironmentNouns } from '../../environments/environment-store.ts';
import type { IdempotencyNouns } from '../../idempotency/idempotency-store.ts';
import type { JwkNouns } from '../../jwks/jwk-store.ts';
import type { RefreshNouns } from '../../jwks/refresh/refresh-store.ts';
import type { SharedKidNouns } from '../../jwks/shared-kids.ts';
import type { LeaseNouns } from '../../leases/lease-store.ts';
import type { MaterialNouns } from '../../materials/material-store.ts';
import type { FiguresNouns } from '../../metrics/figures-store.ts';
import type { OverviewNouns } from '../../overview/overview-store.ts';
import type { DataKeyStore } from '../../sealing/data-key-store.ts';
import type { MacNouns } from '../../sealing/mac-store.ts';
import type { SealedRowNouns } from '../../sealing/sealed-place.ts';
import type { InstallationStore } from '../installation-store.ts';

/** Everything that can be said inside a transaction. */
export interface Nouns
  extends AccessNouns,
    EnvironmentNouns,
    DesiredStateNouns,
    JwkNouns,
    RefreshNouns,
    MaterialNouns,
    IdempotencyNouns,
    OverviewNouns,
    LeaseNouns,
    IdentityNouns,
    DumpNouns,
    SealedRowNouns,
    MacNouns,
    FiguresNouns,
    ConsistencyNouns,
    SurveyNouns,
    SharedKidNouns {
  readonly audit: AuditStore;
  readonly dataKeys: DataKeyStore;
  readonly installation: InstallationStore;
}
