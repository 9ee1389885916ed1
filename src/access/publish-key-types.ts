// Which key types are in the JWK Set of a project.

import { badRequest } from '../errors.ts';
import { defaultPublishedKeyTypes, publicKeyTypeNames } from '../jose/key-types.ts';
import { shownText } from '../names.ts';

const member = 'publishKeyTypes';

/**
 * @returns null where they are the default ones, of which nodes are sent nothing
 * @throws KeyplaneError `bad_request`
 */
export function readPublishKeyTypes(given: readonly string[]): readonly string[] | null {
  const valid = `Valid values: ${publicKeyTypeNames.join(', ')}`;
  if (given.length === 0) {
    throw badRequest(`${member} has no items! ${valid}`, { reason: 'FIELD_NOT_VALID', member });
  }
  const unknown = given.find((type) => !publicKeyTypeNames.some((known) => known === type));
  if (unknown !== undefined) {
    throw badRequest(`${member} (${shownText(unknown)}) is not valid! ${valid}`, {
      reason: 'FIELD_NOT_VALID',
      member,
    });
  }
  const types = publicKeyTypeNames.filter((type) => given.includes(type));
  const isDefault =
    types.length === defaultPublishedKeyTypes.length &&
    types.every((type) => defaultPublishedKeyTypes.some((known) => known === type));
  return isDefault ? null : types;
}

/** Those that are in its set. */
export function publishKeyTypesOf({
  publishKeyTypes,
}: {
  readonly publishKeyTypes: readonly string[] | null;
}): readonly string[] {
  return publishKeyTypes ?? defaultPublishedKeyTypes;
}
