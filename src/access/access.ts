// Access: users, their tokens, projects, and who may do what in which. It refuses whoever it does not know with
// the same words in the same time, keeps of tokens and passwords only hashes, and never leaves the installation
// without an administrator.

import type { AuditLog } from '../audit/audit-log.ts';
import type { RejectionLog } from '../audit/rejection-log.ts';
import type { SharedStore } from '../unit-of-work.ts';
import type { AuditedAccessNouns } from './access-store.ts';
import { type Authenticator, createAuthenticator } from './authenticator.ts';
import { type Authorizer, createAuthorizer } from './authorizer.ts';
import { createEnsureFirstAdmin, type EnsureFirstAdmin } from './first-admin.ts';
import { createMembers, type Members } from './members.ts';
import { type ChangeOwnPassword, createOwnPassword } from './own-password.ts';
import { createPasswordCheck } from './password-check.ts';
import { createPasswordHasher } from './passwords.ts';
import { createProjects, type Projects, type ProjectWithdrawal } from './projects.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createSignInLimiter } from './sign-in-limiter.ts';
import { createTokenUse, type TokenUse } from './token-use.ts';
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
  readonly changeOwnPassword: ChangeOwnPassword;
  readonly ensureFirstAdmin: EnsureFirstAdmin;
  readonly tokenUse: TokenUse;
}

export interface AccessOptions<Nouns extends AuditedAccessNouns> {
  readonly store: SharedStore<Nouns>;
  readonly audit: AuditLog;
  readonly rejections: RejectionLog;
  readonly clock: () => Date;
  readonly deployments: ProjectWithdrawal<Nouns>;
}

export function createAccess<Nouns extends AuditedAccessNouns>(options: AccessOptions<Nouns>): Access {
  const { store, audit, rejections, clock } = options;
  const hasher = createPasswordHasher();
  const checkPassword = createPasswordCheck(hasher, createSignInLimiter({ clock }));
  const tokenUse = createTokenUse({ store, clock });
  return {
    tokenUse,
    authenticator: createAuthenticator({ store, clock, onUse: tokenUse.note }),
    authorizer: createAuthorizer({ rejections }),
    signIn: createSignIn({ store, audit, rejections, clock, checkPassword }),
    tokens: createTokens({ store, audit, clock }),
    users: createUsers({ store, audit, clock, hasher }),
    changeOwnPassword: createOwnPassword({ store, audit, rejections, clock, hasher, checkPassword }),
    members: createMembers({ store, audit }),
    projects: createProjects(options),
    ensureFirstAdmin: createEnsureFirstAdmin({ store, audit, clock, hasher }),
  };
}
