// The one list of kinds: a line for each file.

export { envoy } from './envoy.ts';
export { files } from './files.ts';
export { vaultKv } from './vault-kv.ts';
export { webhook } from './webhook.ts';
