// Replacing the identity of an installation, connected: managers that run read it with each handshake.

import { createAuditLog } from '../audit/create-audit-log.ts';
import type { ManagerConfig } from '../config.ts';
import { type IdentityRotation, rotateIdentity } from '../deployments/handshake/installation-identity.ts';
import { sealingOf } from '../sealing/open-sealing.ts';
import { withStore } from './compose-rotation.ts';

/** @throws Error with one line for the operator; then nothing was changed */
export async function replaceIdentity(config: ManagerConfig): Promise<IdentityRotation> {
  return withStore(config, async (store, { masterKey, called }) => {
    const dataKeys = await store.read((nouns) => nouns.dataKeys.list());
    const { sealer, auditKey } = sealingOf(dataKeys, masterKey, called);
    return rotateIdentity(store, {
      sealer,
      audit: createAuditLog({ key: auditKey, clock: () => new Date() }),
    });
  });
}
