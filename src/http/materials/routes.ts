// Certificates, keys and keystores of a project: what JWKs are made from. Private content goes in and never out.

import type { RouteServices } from '../http-services.ts';
import type { KeyplaneServer } from '../keyplane-server.ts';
import { createCertificateRoute } from './create-certificate.ts';
import { createKeyRoute } from './create-key.ts';
import { createKeystoreRoute } from './create-keystore.ts';
import { exportCertificateRoute } from './export-certificate.ts';
import { inspectCertificateRoute } from './inspect/inspect-certificate.ts';
import { inspectKeyRoute } from './inspect/inspect-key.ts';
import { inspectKeystoreRoute } from './inspect/inspect-keystore.ts';
import { listKeystoreEntriesRoute } from './inspect/list-keystore-entries.ts';
import { listTruststoreRoute } from './list-truststore.ts';
import { addMaterialOperations } from './material-operations.ts';
import { certificateItem, keyItem, keystoreItem } from './material-schemas.ts';
import { certificateView, keystoreView, keyView } from './material-views.ts';
import { updateCertificateRoute } from './update-certificate.ts';
import { updateKeyRoute } from './update-key.ts';
import { updateKeystoreRoute } from './update-keystore.ts';

export function materialRoutes(app: KeyplaneServer, services: RouteServices): void {
  const { idempotency } = services;
  createCertificateRoute(app, services);
  createKeyRoute(app, services);
  createKeystoreRoute(app, services);
  updateCertificateRoute(app, services);
  updateKeyRoute(app, services);
  updateKeystoreRoute(app, services);
  exportCertificateRoute(app, services);
  listTruststoreRoute(app, services);
  inspectCertificateRoute(app, services);
  inspectKeyRoute(app, services);
  inspectKeystoreRoute(app, services);
  listKeystoreEntriesRoute(app, services);
  addMaterialOperations(app, {
    rules: services.certificates,
    idempotency,
    resource: 'certificate',
    title: 'Certificate',
    role: 'ROLE_MANAGE_PROXIES',
    item: certificateItem,
    view: certificateView,
  });
  addMaterialOperations(app, {
    rules: services.keys,
    idempotency,
    resource: 'key',
    title: 'Key',
    role: 'ROLE_API_SECURITY',
    item: keyItem,
    view: keyView,
  });
  addMaterialOperations(app, {
    rules: services.keystores,
    idempotency,
    resource: 'keystore',
    title: 'Keystore',
    role: 'ROLE_API_SECURITY',
    item: keystoreItem,
    view: keystoreView,
  });
}
