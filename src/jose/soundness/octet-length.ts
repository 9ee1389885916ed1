import { badRequest } from '../../errors.ts';
import { bytes } from '../members/base64url.ts';

/** Some writers drop the zero octets in front; more than a few are no accident of that kind. */
const mostDropped = 4;

/**
 * A member that has one length only, zero octets in front included.
 * @param key such as "EC key"
 * @throws KeyplaneError bad_request
 */
export function checkOctetLength(
  octets: Uint8Array,
  {
    key,
    member,
    length,
    crv,
    rfc,
  }: { key: string; member: string; length: number; crv: string; rfc: string },
): void {
  if (octets.length === length) return;
  throw badRequest(
    `${key} is not sound: ${member} has ${bytes(octets.length)}, ${crv} needs exactly ${length} (${rfc})`,
    { reason: 'KEY_MALFORMED', remedy: remedyOf(octets, length) },
  );
}

function remedyOf(octets: Uint8Array, length: number): string | undefined {
  const missing = length - octets.length;
  if (missing === 1) return 'A zero octet is missing in front';
  if (missing > 1 && missing <= mostDropped) return `${missing} zero octets are missing in front`;
  const isPadded = missing < 0 && octets.subarray(0, -missing).every((octet) => octet === 0);
  return isPadded ? 'Leave out the zero octets in front that are too many' : undefined;
}
