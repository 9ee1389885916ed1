import { createApplicationContentReader } from '../applications/application-content.ts';
import type { ManagerConfig } from '../config.ts';
import type { ContentReader, OnUnreadable } from '../deployments/content-reader.ts';
import { createSettingReaders } from '../deployments/environment-settings.ts';
import { createJwkContentReader } from '../jwks/jwk-content.ts';
import { createMaterialContentReader } from '../materials/material-content.ts';
import { certificateKind, keyKind, keystoreKind } from '../materials/material-kind.ts';
import { createOutletContentReader } from '../outlets/outlet-deployment.ts';
import { createRingContentReader } from '../rings/ring-content.ts';
import type { Sealer } from '../sealing/sealed.ts';
import type { Stores } from '../store/store.ts';
import { createTokenProfileContentReader } from '../token-profiles/token-profile-content.ts';
import { projectSetReader } from '../views/project-set.ts';
import { createViewContentReader } from '../views/view-content.ts';

/**
 * Of every kind of object that nodes can have.
 * @param caching what this manager was started with
 */
export function contentReaders(
  sealer: Sealer,
  caching: ManagerConfig['caching'],
  onUnreadable: OnUnreadable,
): readonly ContentReader<Stores>[] {
  return [
    createJwkContentReader(sealer, onUnreadable),
    createRingContentReader(onUnreadable),
    createApplicationContentReader(onUnreadable),
    createTokenProfileContentReader(onUnreadable),
    createViewContentReader(onUnreadable),
    projectSetReader,
    createOutletContentReader(sealer, onUnreadable),
    createMaterialContentReader(certificateKind, sealer, onUnreadable),
    createMaterialContentReader(keyKind, sealer, onUnreadable),
    createMaterialContentReader(keystoreKind, sealer, onUnreadable),
    ...createSettingReaders(caching),
  ];
}
