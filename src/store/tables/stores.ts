import type { AccessStores } from '../../access/access-store.ts';
import type { ApplicationStores } from '../../applications/application-store.ts';
import type { IssuerKeySetStores } from '../../applications/issuer-key-set.ts';
import type { AuditStore } from '../../audit/audit-log.ts';
import type { DumpStores } from '../../backup/dump-store.ts';
import type { DesiredStateStores } from '../../deployments/desired-state-store.ts';
import type { IdentityStores } from '../../deployments/handshake/identity-store.ts';
import type { ConsistencyStores } from '../../doctor/consistency-store.ts';
import type { DiagnosticsStores } from '../../doctor/diagnostics-store.ts';
import type { AbsenceStores } from '../../environments/absence-store.ts';
import type { EnvironmentStores } from '../../environments/environment-store.ts';
import type { EventStores } from '../../events/event-store.ts';
import type { IdempotencyStores } from '../../idempotency/idempotency-store.ts';
import type { ExpirationStores } from '../../jwks/expiration/expiration-notice.ts';
import type { JwkStores } from '../../jwks/jwk-store.ts';
import type { RefreshStores } from '../../jwks/refresh/refresh-store.ts';
import type { SharedKidStores } from '../../jwks/shared-kids.ts';
import type { LeaseStores } from '../../leases/lease-store.ts';
import type { MaterialStores } from '../../materials/material-store.ts';
import type { InstallationStatsStores } from '../../metrics/installation-stats-store.ts';
import type { OutletStores } from '../../outlets/outlet-store.ts';
import type { RelayedTestStores } from '../../outlets/relayed-tests.ts';
import type { OverviewStores } from '../../overview/overview-store.ts';
import type { RingStores } from '../../rings/ring-store.ts';
import type { DataKeyStore } from '../../sealing/data-key-store.ts';
import type { MacStores } from '../../sealing/mac-store.ts';
import type { SealedRowStores } from '../../sealing/sealed-place.ts';
import type { TokenProfileStores } from '../../token-profiles/token-profile-store.ts';
import type { ViewStores } from '../../views/view-store.ts';
import type { WebhookStores } from '../../webhooks/webhook-store.ts';
import type { InstallationStore } from '../installation-store.ts';

/** All stores that are available inside a transaction. */
export interface Stores
  extends AccessStores,
    EnvironmentStores,
    DesiredStateStores,
    JwkStores,
    RingStores,
    ApplicationStores,
    IssuerKeySetStores,
    TokenProfileStores,
    ViewStores,
    OutletStores,
    RelayedTestStores,
    RefreshStores,
    MaterialStores,
    IdempotencyStores,
    EventStores,
    WebhookStores,
    AbsenceStores,
    ExpirationStores,
    OverviewStores,
    LeaseStores,
    IdentityStores,
    DumpStores,
    SealedRowStores,
    MacStores,
    InstallationStatsStores,
    ConsistencyStores,
    DiagnosticsStores,
    SharedKidStores {
  readonly audit: AuditStore;
  readonly dataKeys: DataKeyStore;
  readonly installation: InstallationStore;
}
