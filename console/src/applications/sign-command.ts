import type { Grant } from './application-words.tsx';

/** Signs claims with the first key that the application may sign with; undefined: there is none. */
export function signCommand(projectName: string, grants: readonly Grant[]): string | undefined {
  const grant = grants.find(({ operations }) => operations.includes('SIGN'));
  if (grant === undefined) return undefined;
  const { keyRingName, jwkName = '' } = grant;
  const of = keyRingName === undefined ? ['jwks', jwkName] : ['key-rings', keyRingName];
  const path = ['projects', projectName, ...of, 'sign'].map(encodeURIComponent).join('/');
  return [
    `curl -X POST 'http://NODE/${path}'`,
    `  -H "Authorization: Bearer $TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d '{"claims": {"sub": "someone"}}'`,
  ].join(' \\\n');
}
