// Each page of the console with sample data, and those of a project that has nothing yet: name of the file, path, and the button that opens
// a dialog.

const project = '/projects/payments';
const empty = '/projects/empty';

const lists = [
  'jwks',
  'key-rings',
  'certificates',
  'keys',
  'keystores',
  'applications',
  'token-profiles',
  'views',
  'outlets',
  'events',
];

export const everyPage: readonly (readonly [name: string, path: string, press?: string])[] = [
  ['overview', '/'],
  ['projects', '/projects'],
  ['project', project],
  ...lists.map((list) => [list, `${project}/${list}`] as const),
  ['jwk', `${project}/jwks/checkout-signing-2026`],
  ['jwk-of-keystore', `${project}/jwks/acquirer`],
  ['jwk-of-ring', `${project}/jwks/api-signing.1`],
  ['new-jwk', `${project}/new-jwk`],
  ['replace-jwk', `${project}/replace-jwk/refunds-signing`],
  ['key-ring', `${project}/key-rings/api-signing`],
  ['key-ring-blocked', `${project}/key-rings/partner-signing`],
  ['new-key-ring', `${project}/new-key-ring`],
  ['certificate', `${project}/certificates/partner-certificate`],
  ['key', `${project}/keys/terminal-key`],
  ['keystore', `${project}/keystores/acquirer-keystore`],
  ['application', `${project}/applications/checkout`],
  ['token-profile', `${project}/token-profiles/orders-api`],
  ['view', `${project}/views/partners`],
  ['outlet', `${project}/outlets/gateway`],
  ['outlet-failing', `${project}/outlets/chat`],
  ['new-view', `${project}/views`, 'New view'],
  ['new-outlet', `${project}/outlets`, 'New outlet'],
  ['new-application', `${project}/applications`, 'New application'],
  ['new-token-profile', `${project}/token-profiles`, 'New token profile'],
  ['new-keystore', `${project}/keystores`, 'New keystore'],
  ['delete-key-ring', `${project}/key-rings/api-signing`, 'Delete'],
  ['new-environment', '/environments', 'New environment'],
  ['new-token', '/tokens', 'New token'],
  ['environments', '/environments'],
  ['environment', '/environments/production'],
  ['users', '/users'],
  ['user-tokens', '/users/ada/tokens'],
  ['tokens', '/tokens'],
  ['audit', '/audit'],
  ['help', '/help'],
  ['not-found', '/nowhere'],
  ['empty-project', empty],
  ...lists.map((list) => [`empty-${list}`, `${empty}/${list}`] as const),
];
