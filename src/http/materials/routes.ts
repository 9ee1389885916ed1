// Certificates, keys and keystores of a project: what JWKs are made from. Private content goes in and never out.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createCertificate } from './create-certificate.ts';
import { createKey } from './create-key.ts';
import { createKeystore } from './create-keystore.ts';
import { exportCertificate } from './export-certificate.ts';
import { inspectCertificate } from './inspect/inspect-certificate.ts';
import { inspectKey } from './inspect/inspect-key.ts';
import { inspectKeystore } from './inspect/inspect-keystore.ts';
import { listKeystoreEntries } from './inspect/list-keystore-entries.ts';
import { listTruststore } from './list-truststore.ts';
import { addMaterialOperations } from './material-operations.ts';
import { certificateItem, keyItem, keystoreItem } from './material-schemas.ts';
import { certificateView, keystoreView, keyView } from './material-views.ts';
import { updateCertificate } from './update-certificate.ts';
import { updateKey } from './update-key.ts';
import { updateKeystore } from './update-keystore.ts';

export function materialRoutes(app: KeyplaneServer, services: RouteServices): void {
  const { idempotency } = services;
  createCertificate(app, services);
  createKey(app, services);
  createKeystore(app, services);
  updateCertificate(app, services);
  updateKey(app, services);
  updateKeystore(app, services);
  exportCertificate(app, services);
  listTruststore(app, services);
  inspectCertificate(app, services);
  inspectKey(app, services);
  inspectKeystore(app, services);
  listKeystoreEntries(app, services);
  addMaterialOperations(app, {
    rules: services.certificates,
    idempotency,
    noun: 'certificate',
    title: 'Certificate',
    role: 'ROLE_MANAGE_PROXIES',
    item: certificateItem,
    view: certificateView,
  });
  addMaterialOperations(app, {
    rules: services.keys,
    idempotency,
    noun: 'key',
    title: 'Key',
    role: 'ROLE_API_SECURITY',
    item: keyItem,
    view: keyView,
  });
  addMaterialOperations(app, {
    rules: services.keystores,
    idempotency,
    noun: 'keystore',
    title: 'Keystore',
    role: 'ROLE_API_SECURITY',
    item: keystoreItem,
    view: keystoreView,
  });
}
