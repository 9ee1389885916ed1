// The one list of kinds.

import type { OutletKindName } from '../outlet.ts';
import { envoy } from './envoy.ts';
import { files } from './files.ts';
import type { OutletKind } from './outlet-kind.ts';
import { vaultKv } from './vault-kv.ts';
import { webhook } from './webhook.ts';

const kinds = Object.freeze({
  FILES: files,
  ENVOY: envoy,
  VAULT_KV: vaultKv,
  WEBHOOK: webhook,
}) satisfies Readonly<Record<OutletKindName, OutletKind>>;

export function outletKind(name: OutletKindName): OutletKind {
  return kinds[name];
}
