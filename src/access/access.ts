// Access: users, their tokens, projects, and who may do what in which. It refuses whoever it does not know with
// the same words in the same time, keeps of tokens and passwords only hashes, and never leaves the installation
// without an administrator.

import type { AuditLog } from '../audit/audit-log.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { AuditedAccessNouns } from './access-audit.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import { type Authorizer, createAuthorizer } from './authorizer.ts';
import { createEnsureFirstAdmin, type EnsureFirstAdmin } from './first-admin.ts';
import { createMembers, type Members } from './members.ts';
import { createPasswordHasher } from './passwords.ts';
import { createProjects, type Projects, type ProjectWithdrawal } from './projects.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { createUsers, type Users } from './users.ts';

export interface Access {
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly signIn: SignIn;
  readonly tokens: Tokens;
  readonly users: Users;
  readonly members: Members;
  readonly projects: Projects;
  readonly ensureFirstAdmin: EnsureFirstAdmin;
}

export interface AccessOptions<Nouns extends AuditedAccessNouns> {
  readonly store: UnitOfWork<Nouns>;
  readonly audit: AuditLog;
  readonly clock: () => Date;
  readonly deployments: ProjectWithdrawal<Nouns>;
}

export function createAccess<Nouns extends AuditedAccessNouns>(options: AccessOptions<Nouns>): Access {
  const { store, audit, clock } = options;
  const hasher = createPasswordHasher();
  return {
    authenticator: createAuthenticator({ store, clock }),
    authorizer: createAuthorizer({ store, audit }),
    signIn: createSignIn({ store, audit, clock, hasher }),
    tokens: createTokens({ store, audit, clock }),
    users: createUsers({ store, audit, clock, hasher }),
    members: createMembers({ store, audit }),
    projects: createProjects(options),
    ensureFirstAdmin: createEnsureFirstAdmin({ store, audit, clock, hasher }),
  };
}
