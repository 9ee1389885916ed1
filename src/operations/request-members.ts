import { badRequest, type KeyplaneError } from '../errors.ts';
import { parseDuration } from '../iso-duration.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../jose/json.ts';
import { shownText } from '../names.ts';

export type RequestMembers<Name extends string> = { readonly [Member in Name]?: Exclude<JsonValue, null> };

/**
 * The members of a request body; `null` means the same as an absent one.
 * @throws KeyplaneError `bad_request`
 */
export function readMembers<Name extends string>(
  bodyText: string,
  accepted: readonly Name[],
): RequestMembers<Name> {
  const body = bodyText === '' ? undefined : parseJson(bodyText, 'Request body');
  if (!isJsonObject(body)) throw badRequest('Request body must be a JSON object!');
  const members: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(body)) {
    if (!accepted.some((known) => known === name)) {
      throw badRequest(`Unknown member: ${shownText(name)}! Accepted members: ${accepted.join(', ')}`, {
        reason: 'FIELD_UNKNOWN',
        member: shownText(name),
      });
    }
    if (value !== null) members[name] = value;
  }
  return members as RequestMembers<Name>;
}

export function notValid(member: string, text: string): KeyplaneError {
  return badRequest(text, { reason: 'FIELD_NOT_VALID', member });
}

export function optionalText(member: string, value: JsonValue | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw notValid(member, `${member} must be a string!`);
}

/** Milliseconds. */
export function optionalDuration(member: string, value: JsonValue | undefined): number | undefined {
  const text = optionalText(member, value);
  if (text === undefined) return undefined;
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  throw notValid(
    member,
    `${member} (${shownText(text)}) is not valid! It takes an ISO 8601 duration in days, hours, minutes and seconds, such as PT5M`,
  );
}

export function optionalObject(member: string, value: JsonValue | undefined): JsonObject | undefined {
  if (value === undefined || isJsonObject(value)) return value;
  throw notValid(member, `${member} must be a JSON object!`);
}
