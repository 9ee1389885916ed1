import { outletKindOptions } from '../../../src/outlets/kinds/outlet-kind-options.ts';

/** Members that hold a secret, or may hold one. A placeholder replaces the value. */
const placeholders: Readonly<Record<string, string>> = {
  password: 'KEYSTORE_PASSWORD',
  keyPassword: 'KEY_PASSWORD',
  file: 'BASE64_OF_THE_KEYSTORE_FILE',
};

/** By the name that the credential of an outlet has it under, of all kinds. */
const credentialPlaceholders = new Map(
  outletKindOptions.flatMap(({ fields }) =>
    fields
      .flat()
      .flatMap(({ member, input }) =>
        input.type === 'SECRET' ? [[member.replace(/^credential\./, ''), input.variable] as const] : [],
      ),
  ),
);

const outletContentNames = new Set<string>(
  outletKindOptions.flatMap(({ contents }) => contents.map(({ content }) => content)),
);

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

export interface CurlRequest {
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: object;
}

/** Of an object of a project, or of one kind of them. */
export function apiPath(projectName: string, ...names: readonly string[]): string {
  return `/apiops/${['projects', projectName, ...names].map(encodeURIComponent).join('/')}/`;
}

/** The request of this form as a shell command. The token is a variable of the shell, and no secret is in it. */
export function curlCommand({ method, path, body }: CurlRequest): string {
  const json = JSON.stringify(body, withoutSecrets, 2).replaceAll("'", `'\\''`);
  return [
    `curl -X ${method} '${location.origin}${path}'`,
    `  -H "Authorization: Bearer $TOKEN"`,
    `  -H 'Content-Type: application/json'`,
    `  -d '${json}'`,
  ].join(' \\\n');
}

function withoutSecrets(member: string, value: unknown): unknown {
  if (member === 'keyPasswords') return mapValues(value as object, 'KEY_PASSWORD');
  if (member === 'credential') return withoutOutletSecrets(value as object);
  if (typeof value !== 'string') return value;
  if (member === 'jwkStr') return isPublic(value) ? value : 'JWK_WITH_PRIVATE_MEMBERS';
  if (member === 'content') return isPublicContent(value) ? value : 'PRIVATE_KEY';
  return placeholders[member] ?? value;
}

function withoutOutletSecrets(credential: object): object {
  const members = Object.entries(credential);
  return Object.fromEntries(
    members.map(([name, value]) => [name, credentialPlaceholders.get(name) ?? value]),
  );
}

function mapValues(given: object, value: string): object {
  return Object.fromEntries(Object.keys(given).map((name) => [name, value]));
}

/** A public key, or the content of an outlet, which has a name and is no key. */
function isPublicContent(value: string): boolean {
  return /PUBLIC KEY-----/.test(value) || outletContentNames.has(value);
}

/** Text that cannot be parsed counts as private. */
function isPublic(text: string): boolean {
  try {
    const found: unknown = JSON.parse(text);
    const keys: unknown[] = (found as { keys?: unknown[] }).keys ?? [found];
    return keys.every((key) => !privateMembers.some((member) => Object.hasOwn(key as object, member)));
  } catch {
    return false;
  }
}
