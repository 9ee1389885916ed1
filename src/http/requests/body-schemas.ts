import { z } from 'zod';
import { roles } from '../../access/access-store.ts';
import { named } from '../openapi/named.ts';

const longestDescription = 1024;
const mostEnvironments = 1_000;

/** Of a request whose body has none. */
export const noMembers = named('NoMembers', z.strictObject({})).optional();

/** Required text; `missing` is the message of the rules. */
export function requiredText(missing: string) {
  return z.string({ error: (issue) => (issue.input === undefined ? missing : undefined) });
}

/** A name, which the rules check. @param what starts every text about it, such as `Project name` */
export function nameMember(what: string) {
  const accepted = '1 to 128 letters and digits of any script, `.`, `_`, `-`';
  return requiredText(`${what} can not be empty!`).describe(`${what}: ${accepted}`);
}

/** Roles, which the rules check. */
export function rolesMember() {
  return z
    .array(z.string())
    .max(100)
    .describe(`Of ${roles.join(', ')}`);
}

/** Null is a value: all that the project reaches. */
export function environmentNames() {
  return z.array(z.string()).max(mostEnvironments).nullable().optional();
}

export function descriptionMember() {
  return z.string().max(longestDescription).optional().describe(`At most ${longestDescription} characters`);
}
