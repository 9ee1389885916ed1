import type { User } from './access-store.ts';
import type { PasswordHasher } from './passwords.ts';
import type { SignInIdentity, SignInLimiter } from './sign-in-limiter.ts';

export interface CheckedPassword {
  readonly isRight: boolean;
  /** Undefined for a user who does not exist, of whom no password is right. */
  readonly user: User | undefined;
}

/**
 * Whether a password is the one of a user; it takes the same time for a user who does not exist. A wrong one counts for the
 * user and for the address.
 * @throws KeyplaneError `rate_limit_exceeded` after too many wrong ones
 */
export type CheckPassword = (
  who: SignInIdentity,
  password: string,
  findUser: () => Promise<User | undefined>,
) => Promise<CheckedPassword>;

export function createPasswordCheck(hasher: PasswordHasher, limiter: SignInLimiter): CheckPassword {
  return async (who, password, findUser) => {
    limiter.check(who);
    const user = await findUser();
    let forgive = () => {};
    const matches = await hasher.matches(password, user?.passwordHash, () => {
      forgive = limiter.begin(who).forgive;
    });
    const isRight = matches && user !== undefined;
    if (isRight) forgive();
    return { isRight, user };
  };
}
