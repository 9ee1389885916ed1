import type { Role } from '../../../clients/typescript/src/index.ts';
import { wrongUsage } from '../failure.ts';
import { splitNames } from '../flag-values.ts';
import { unchecked } from '../session/unchecked.ts';

/** Short names of the roles. */
export const shortRoles: Readonly<Record<string, Role>> = Object.freeze({
  admin: 'ROLE_ADMIN',
  security: 'ROLE_API_SECURITY',
  'private-keys': 'ROLE_READ_PRIVATE_KEYS',
  certificates: 'ROLE_MANAGE_PROXIES',
  deploy: 'ROLE_DEPLOY_UNDEPLOY_PROXIES',
});

export const rolesHelp =
  'separated by commas: security (JWKs, keys, keystores), private-keys (with security: read and export private ' +
  'members), certificates, deploy, admin; or their full names';

/**
 * Passes the role of a later release on as it is.
 * @param flag the flag with this value, for the message
 */
export function rolesOf(text: string, flag: string): readonly Role[] {
  return splitNames(text).map((given): Role => {
    if (/^ROLE_[A-Z_]+$/.test(given)) return unchecked<Role>(given);
    const role = Object.hasOwn(shortRoles, given) ? shortRoles[given] : undefined;
    if (role) return role;
    throw wrongUsage(`${flag} takes ${Object.keys(shortRoles).join(', ')}, not ${given}`);
  });
}
