// Access: users, their tokens, projects, and who may do what in which. Unknown callers are rejected with the same words
// in the same time; of tokens and passwords only hashes are stored; the installation never loses its last
// administrator.

import type { AuditLog } from '../audit/audit-log.ts';
import type { RejectionLog } from '../audit/rejection-log.ts';
import type { SharedStore, WakeTopic } from '../unit-of-work.ts';
import { AccessMemory } from './access-memory.ts';
import type { AuditedAccessStores } from './access-store.ts';
import { type Authenticator, createAuthenticator, type KnownCaller } from './authenticator.ts';
import { type Authorizer, createAuthorizer } from './authorizer.ts';
import { type EnsureFirstAdmin, firstAdminSetup } from './first-admin.ts';
import { createMembers, type Members } from './members.ts';
import { type ChangeOwnPassword, createOwnPassword } from './own-password.ts';
import { createPasswordCheck } from './password-check.ts';
import { createPasswordHasher } from './passwords.ts';
import { createProjects, type ProjectDeployments, type Projects } from './projects.ts';
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

export interface AccessOptions<Stores extends AuditedAccessStores> {
  readonly store: SharedStore<Stores>;
  readonly audit: AuditLog;
  readonly rejections: RejectionLog;
  readonly clock: () => Date;
  readonly deployments: ProjectDeployments<Stores>;
}

export function createAccess<Stores extends AuditedAccessStores>(options: AccessOptions<Stores>): Access {
  const { store, audit, rejections, clock } = options;
  const hasher = createPasswordHasher();
  const checkPassword = createPasswordCheck(hasher, createSignInLimiter({ clock }));
  const tokenUse = createTokenUse({ store, clock });
  const memory = new AccessMemory<KnownCaller>(clock);
  const forget = (topic: WakeTopic) => {
    if (topic === 'access') memory.forgetAll();
  };
  store.listen(forget);
  store.observe(forget);
  return {
    tokenUse,
    authenticator: createAuthenticator({ store, clock, memory, onUse: tokenUse.note }),
    authorizer: createAuthorizer({ rejections }),
    signIn: createSignIn({ store, audit, rejections, clock, checkPassword }),
    tokens: createTokens({ store, audit, clock }),
    users: createUsers({ store, audit, clock, hasher }),
    changeOwnPassword: createOwnPassword({ store, audit, rejections, clock, hasher, checkPassword }),
    members: createMembers({ store, audit }),
    projects: createProjects(options),
    ensureFirstAdmin: firstAdminSetup({ store, audit, clock, hasher }),
  };
}
