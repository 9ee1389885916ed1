// Every page of the console and its address. A page is one line here and one folder beside this file.

import type { ComponentType } from 'react';
import { ApplicationPage } from './applications/application-page.tsx';
import { ApplicationsPage } from './applications/applications-page.tsx';
import { AuditPage } from './audit/audit-page.tsx';
import { EnvironmentPage } from './environments/environment-page.tsx';
import { EnvironmentsPage } from './environments/environments-page.tsx';
import { EventsPage } from './events/events-page.tsx';
import { HelpPage } from './help/help-page.tsx';
import { JwkPage } from './jwk-detail/jwk-page.tsx';
import { JwkFormPage } from './jwk-form/jwk-form-page.tsx';
import { JwksPage } from './jwks/jwks-page.tsx';
import { CertificatePage } from './materials/certificates/certificate-page.tsx';
import { CertificatesPage } from './materials/certificates/certificates-page.tsx';
import { KeyPage } from './materials/keys/key-page.tsx';
import { KeysPage } from './materials/keys/keys-page.tsx';
import { KeystorePage } from './materials/keystores/keystore-page.tsx';
import { KeystoresPage } from './materials/keystores/keystores-page.tsx';
import { OutletPage } from './outlets/outlet-page.tsx';
import { OutletsPage } from './outlets/outlets-page.tsx';
import { OverviewPage } from './overview/overview-page.tsx';
import { ProjectPage } from './projects/project-page.tsx';
import { ProjectsPage } from './projects/projects-page.tsx';
import { RingFormPage } from './rings/form/ring-form-page.tsx';
import { RingPage } from './rings/ring-page.tsx';
import { RingsPage } from './rings/rings-page.tsx';
import { TokenProfilePage } from './token-profiles/profile-page.tsx';
import { TokenProfilesPage } from './token-profiles/profiles-page.tsx';
import { TokensPage } from './tokens/tokens-page.tsx';
import { UserTokensPage } from './users/user-tokens-page.tsx';
import { UsersPage } from './users/users-page.tsx';
import { ViewPage } from './views/view-page.tsx';
import { ViewsPage } from './views/views-page.tsx';

export interface PageEntry {
  readonly path: string;
  readonly page: ComponentType;
  /** The API rejects all of its requests from other users. */
  readonly isForAdministrators?: boolean;
}

export const pages: readonly PageEntry[] = [
  { path: '/', page: OverviewPage },
  { path: '/projects', page: ProjectsPage },
  { path: '/projects/:projectName', page: ProjectPage },
  { path: '/projects/:projectName/certificates', page: CertificatesPage },
  { path: '/projects/:projectName/certificates/:name', page: CertificatePage },
  { path: '/projects/:projectName/keys', page: KeysPage },
  { path: '/projects/:projectName/keys/:name', page: KeyPage },
  { path: '/projects/:projectName/keystores', page: KeystoresPage },
  { path: '/projects/:projectName/keystores/:name', page: KeystorePage },
  { path: '/projects/:projectName/jwks', page: JwksPage },
  { path: '/projects/:projectName/jwks/:jwkName', page: JwkPage },
  { path: '/projects/:projectName/new-jwk', page: JwkFormPage },
  { path: '/projects/:projectName/replace-jwk/:jwkName', page: JwkFormPage },
  { path: '/projects/:projectName/key-rings', page: RingsPage },
  { path: '/projects/:projectName/key-rings/:ringName', page: RingPage },
  { path: '/projects/:projectName/new-key-ring', page: RingFormPage },
  { path: '/projects/:projectName/applications', page: ApplicationsPage },
  { path: '/projects/:projectName/applications/:applicationName', page: ApplicationPage },
  { path: '/projects/:projectName/token-profiles', page: TokenProfilesPage },
  { path: '/projects/:projectName/token-profiles/:tokenProfileName', page: TokenProfilePage },
  { path: '/projects/:projectName/views', page: ViewsPage },
  { path: '/projects/:projectName/views/:viewName', page: ViewPage },
  { path: '/projects/:projectName/outlets', page: OutletsPage },
  { path: '/projects/:projectName/outlets/:outletName', page: OutletPage },
  { path: '/projects/:projectName/events', page: EventsPage },
  { path: '/environments', page: EnvironmentsPage, isForAdministrators: true },
  { path: '/environments/:environmentName', page: EnvironmentPage, isForAdministrators: true },
  { path: '/users', page: UsersPage, isForAdministrators: true },
  { path: '/users/:username/tokens', page: UserTokensPage, isForAdministrators: true },
  { path: '/tokens', page: TokensPage },
  { path: '/audit', page: AuditPage, isForAdministrators: true },
  { path: '/help', page: HelpPage },
];
