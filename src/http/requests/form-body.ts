import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest } from '../../errors.ts';
import { shownText } from '../../names.ts';
import { refuseEncodings } from './json-body.ts';

export const formType = 'application/x-www-form-urlencoded';

/** In place of all parsers of this scope: its routes take forms and nothing else. */
export function parseFormBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(formType, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    refuseEncodings(request);
    return readForm(body);
  });
}

/** A parameter that is given twice is refused (RFC 6749 §3.2), an empty one is absent. */
function readForm(body: Buffer): Readonly<Record<string, string>> {
  if (!isUtf8(body)) throw badRequest('Request body is not valid UTF-8!');
  const members = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    if (members.has(name))
      throw badRequest(`${shownText(name)} is given twice!`, {
        reason: 'FIELD_NOT_VALID',
        member: shownText(name),
      });
    members.set(name, value);
  }
  return Object.fromEntries([...members].filter(([name, value]) => value !== '' && name !== '__proto__'));
}
