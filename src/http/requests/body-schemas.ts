import { z } from 'zod';

const longestDescription = 1024;

/** A name that the rules check and, where it is empty or absent, name in their own words. */
export function nameMember(what: string) {
  return z.string().describe(`${what}: 1 to 128 letters and digits of any script, \`.\`, \`_\`, \`-\``);
}

export function descriptionMember() {
  return z.string().max(longestDescription).optional().describe(`At most ${longestDescription} characters`);
}

/** For routes that need no body: none, or an empty object. */
export const noBody = z.strictObject({}).optional();
