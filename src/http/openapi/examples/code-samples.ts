// How an operation is called with curl and with the typed client, made from the examples of its parameters and body.

export interface SampledCall {
  readonly operationId: string;
  /** In capitals. */
  readonly method: string;
  /** With `{name}` where a parameter belongs. */
  readonly path: string;
  /** Values of the parameters of the path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly needsToken: boolean;
  readonly body?: {
    readonly mediaType: string;
    readonly value: unknown;
    readonly files: ReadonlySet<string>;
  };
}

export interface CodeSample {
  readonly lang: string;
  readonly label: string;
  readonly source: string;
}

export function codeSamples(call: SampledCall): readonly CodeSample[] {
  const samples = [{ lang: 'Shell', label: 'curl', source: curlOf(call) }];
  // What stands beside the API proper has no function in the client.
  if (!call.path.startsWith('/apiops')) return samples;
  return [...samples, { lang: 'TypeScript', label: 'TypeScript', source: typescriptOf(call) }];
}

function curlOf({ method, path, parameters, needsToken, body }: SampledCall): string {
  const url = path.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(parameters[name] ?? ''),
  );
  const lines = [`curl${method === 'GET' ? '' : ` -X ${method}`} "$KEYPLANE_URL${url}"`];
  if (needsToken) lines.push('-H "Authorization: Bearer $KEYPLANE_TOKEN"');
  if (body?.mediaType === 'application/json') {
    lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body.value, null, 2))}`);
  } else if (body) {
    const flag = body.mediaType === 'multipart/form-data' ? '-F' : '--data-urlencode';
    for (const [name, value] of Object.entries(body.value as object)) {
      lines.push(`${flag} ${quoted(`${name}=${body.files.has(name) ? '@' : ''}${value}`)}`);
    }
  }
  return lines.join(' \\\n  ');
}

/** A word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function typescriptOf({ operationId, parameters, needsToken, body }: SampledCall): string {
  const files = body?.files ?? new Set();
  const members = Object.entries(parameters).map(([name, value]) => `${name}: ${literal(value, '')}`);
  if (body) members.push(`body: ${literal(body.value, '  ', files)}`);
  const input = members.length === 0 ? '' : `{\n${members.map((member) => `  ${member},\n`).join('')}}`;
  return [
    ...(files.size > 0 ? ["import { readFile } from 'node:fs/promises';"] : []),
    "import { createClient } from 'keyplane-client';",
    '',
    "const url = process.env.KEYPLANE_URL ?? 'http://127.0.0.1:8080';",
    ...(needsToken ? ["const token = process.env.KEYPLANE_TOKEN ?? '';"] : []),
    `const keyplane = createClient({ url${needsToken ? ', token' : ''} });`,
    `const answer = await keyplane.${operationId}(${input});`,
  ].join('\n');
}

/** @param files members that are files on disk */
function literal(value: unknown, indent: string, files: ReadonlySet<unknown> = new Set()): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => `${inner}${literal(item, inner)},\n`).join('')}${indent}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => {
      const text = files.has(name)
        ? `new Blob([await readFile(${literal(member, '')})])`
        : literal(member, inner);
      return `${inner}${/^\w+$/.test(name) ? name : literal(name, '')}: ${text},\n`;
    });
    return members.length === 0 ? '{}' : `{\n${members.join('')}${indent}}`;
  }
  if (typeof value !== 'string') return String(value);
  const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}
