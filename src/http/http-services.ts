import type { Access } from '../access/access.ts';
import type { Applications } from '../applications/applications.ts';
import type { ListUsage } from '../applications/usage.ts';
import type { AuditTrail } from '../audit/create-audit-log.ts';
import type { ChangeResult } from '../deployments/deployment-result.ts';
import type { Enrollment } from '../environments/enrollment.ts';
import type { Environments } from '../environments/environments.ts';
import type { Nodes } from '../environments/nodes.ts';
import type { ReadEvents } from '../events/read-events.ts';
import type { Idempotency } from '../idempotency/idempotency.ts';
import type { CreateJwk } from '../jwks/create-jwk.ts';
import type { DeleteJwk } from '../jwks/delete-jwk.ts';
import type { DeployedJwks } from '../jwks/deployed-jwks.ts';
import type { GenerateJwk } from '../jwks/generate/generate-jwk.ts';
import type { InspectSource } from '../jwks/inspect-source.ts';
import type { FindJwkDeployments } from '../jwks/jwk-deployment.ts';
import type { JwkReader } from '../jwks/jwk-reader.ts';
import type { UpdateJwk } from '../jwks/update-jwk.ts';
import type { Certificates } from '../materials/certificates.ts';
import type { CryptoKeys } from '../materials/crypto-keys.ts';
import type { Keystores } from '../materials/keystores.ts';
import type { MetricsText } from '../metrics/metrics-text.ts';
import type { Outlets } from '../outlets/outlets.ts';
import type { ReadOverview } from '../overview/overview.ts';
import type { KeyRings } from '../rings/key-rings.ts';
import type { TokenProfiles } from '../token-profiles/token-profiles.ts';
import type { Views } from '../views/views.ts';

/** The rules that operations call, besides those of access. */
export interface RuleServices {
  readonly auditTrail: AuditTrail;
  readonly readEvents: ReadEvents;
  readonly applications: Applications;
  readonly tokenProfiles: TokenProfiles;
  readonly views: Views;
  readonly outlets: Outlets;
  readonly listUsage: ListUsage;
  readonly environments: Environments;
  readonly enrollment: Enrollment;
  readonly nodes: Nodes;
  readonly createJwk: CreateJwk;
  readonly generateJwk: GenerateJwk;
  readonly idempotency: Idempotency<ChangeResult>;
  readonly updateJwk: UpdateJwk;
  readonly deleteJwk: DeleteJwk;
  readonly jwks: JwkReader;
  readonly jwkDeployments: FindJwkDeployments;
  readonly deployedJwks: DeployedJwks;
  readonly inspectSource: InspectSource;
  readonly overview: ReadOverview;
  readonly keyRings: KeyRings;
  readonly certificates: Certificates;
  readonly keys: CryptoKeys;
  readonly keystores: Keystores;
}

/** Each operation names the few that it needs. */
export interface HttpServices extends Omit<Access, 'ensureFirstAdmin' | 'tokenUse'>, RuleServices {
  /** Resolves when the manager can do its work. @throws KeyplaneError `unavailable` */
  readonly ready: () => Promise<void>;
}

export interface RouteServices extends HttpServices {
  /** Undefined where metrics have a separate listener. */
  readonly metricsText: MetricsText | undefined;
}
