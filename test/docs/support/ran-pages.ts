// Which test runs which page. A page with commands that is in none of these lists fails a test.

/** Beside one `npm start` for all of them. */
export const sourcePages: readonly string[] = [
  'docs/sources/url.md',
  'docs/sources/copy-paste.md',
  'docs/sources/certificate.md',
  'docs/sources/public-key.md',
  'docs/sources/private-key.md',
  'docs/sources/keystore.md',
  'docs/sources/generate.md',
  'docs/adopt-key.md',
  'docs/kubernetes.md',
  'docs/post-quantum.md',
  'docs/rotation.md',
  'docs/views.md',
];

/** Beside another `npm start` for all of them. */
export const recipePages: readonly string[] = [
  'docs/recipes/client-assertions.md',
  'docs/recipes/decrypting-gateway.md',
  'docs/recipes/detached-jws.md',
  'docs/recipes/services.md',
  'docs/outlets.md',
  'docs/outlets/envoy.md',
  'docs/outlets/haproxy.md',
  'docs/outlets/java.md',
  'docs/outlets/nginx.md',
  'docs/outlets/webhook.md',
];

/** Beside an `npm start` of its own each. */
export const ownStartPages: readonly string[] = [
  'README.md',
  'docs/start.md',
  'docs/cli.md',
  'docs/relying-parties.md',
  'docs/operations.md',
];

/** They start all that they need, beside a PostgreSQL. */
export const productionPages: readonly string[] = ['docs/running.md', 'docs/high-availability.md'];
