// The table of rooms: who may import whom. It is kept as tight as the code: an arrow that nobody uses is a breach.
//
// `sealing` allows the whole room, `sealing/aead.ts` one file of it, `type …` only what is erased at run time.

/** Files straight under src/ that any room may import. */
export const commonFiles: readonly string[] = [
  'errors.ts',
  'iso-duration.ts',
  'moments.ts',
  'names.ts',
  'new-id.ts',
  'unit-of-work.ts',
  'version.ts',
];

/** Rooms that consist of files straight under src/. */
export const rootRooms: Readonly<Record<string, string>> = {
  'main.ts': 'main',
  'compose.ts': 'compose',
  'compose-services.ts': 'compose',
  'config.ts': 'config',
  'log.ts': 'log',
};

/** No disk, network, clock or hidden randomness; npm packages only as listed. */
export const pureRooms: Readonly<Record<string, readonly string[]>> = {
  formats: ['node-forge'],
  jose: [],
  protocol: [],
};

export const arrows: Readonly<Record<string, readonly string[]>> = {
  common: [],
  main: ['cli'],
  cli: [
    'compose',
    'config',
    'http/openapi',
    'jose/thumbprint.ts',
    'log',
    'node/start-node.ts',
    'type access/caller.ts',
    'type environments/environment-store.ts',
  ],
  compose: [
    'access',
    'audit',
    'backup',
    'deployments',
    'doctor',
    'environments',
    'http',
    'idempotency',
    'jwks',
    'keystore-worker',
    'leases',
    'materials',
    'metrics',
    'overview',
    'sealing',
    'sources/safe-fetch',
    'store/dump',
    'store/store.ts',
    'type config',
  ],
  config: ['sources/safe-fetch/allow-list.ts'],

  log: [],

  overview: ['type access', 'type audit', 'type deployments', 'type environments', 'type jwks'],
  http: [
    'overview',
    'type jose/facts/certificate-facts.ts',
    'access',
    'type audit',
    'deployments',
    'environments',
    'jwks',
    'materials',
    'protocol',
    'sources/sources.ts',
    'type idempotency',
  ],

  jwks: [
    'deployments',
    'environments',
    'jose',
    'materials',
    'protocol',
    'sources',
    'type access',
    'type audit',
    'type idempotency',
    'type keystore-worker',
    'type leases',
    'type sealing',
  ],
  materials: [
    'deployments',
    'environments',
    'formats/jks/is-jks.ts',
    'jose',
    'protocol',
    'type access',
    'type formats/keystore.ts',
    'type audit',
    'type idempotency',
    'type keystore-worker',
    'type sealing',
    'type sources/jwk-source.ts',
  ],
  deployments: [
    'protocol',
    'type access/access-store.ts',
    'type audit/audit-log.ts',
    'type environments/environment-store.ts',
  ],
  environments: ['access/secret-token.ts', 'type access', 'type audit', 'type idempotency'],
  idempotency: [],
  leases: [],
  metrics: [],
  access: ['type audit', 'type idempotency'],
  audit: [],
  sealing: [],
  backup: [],
  doctor: ['type deployments/desired-state-store.ts', 'type environments/environment-store.ts'],

  sources: ['jose', 'type formats/keystore.ts'],
  'keystore-worker': ['formats/keystore.ts'],
  formats: [],
  jose: [],
  protocol: [],

  store: [
    'protocol/state-digest.ts',
    'type access/access-store.ts',
    'type audit/audit-log.ts',
    'type backup/dump-store.ts',
    'type deployments/desired-state-store.ts',
    'type doctor/survey-store.ts',
    'type environments/environment-store.ts',
    'type idempotency/idempotency-store.ts',
    'type jwks/jwk-store.ts',
    'type jwks/refresh/refresh-store.ts',
    'type leases/lease-store.ts',
    'type materials/material-store.ts',
    'type metrics/figures-store.ts',
    'type overview/overview-store.ts',
    'type protocol/content.ts',
    'type sealing/data-key-store.ts',
    'type sealing/sealed-place.ts',
    'type sealing/sealed.ts',
  ],

  node: ['jose', 'protocol', 'sealing/aead.ts', 'sealing/key-file.ts'],
};
