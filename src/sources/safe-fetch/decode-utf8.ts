import { badRequest } from '../../errors.ts';

/**
 * A fetched body as text; a byte order mark at its start is left out.
 * @throws KeyplaneError 400 for bytes that are not UTF-8, which JSON has to be (RFC 8259 section 8.1)
 */
export function decodeUtf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (cause) {
    throw badRequest('URL response is not valid UTF-8!', { cause });
  }
}
