// The named schemas of the API's description to `src/schemas.ts`: a type for each that an operation takes or answers with.

import type { ApiDescription } from './operations-text.ts';
import { type Schema, typeText } from './schema-types.ts';

/** Errors have their own class. */
const leftOut: ReadonlySet<string> = new Set(['Error']);

/** The whole of `src/schemas.ts`, not formatted yet. */
export function schemasFile({ components }: ApiDescription): string {
  const types = Object.entries(components.schemas)
    .filter(([name]) => !leftOut.has(name))
    .map(([name, schema]) => typeDeclaration(name, schema));
  return `// Made from openapi.json by \`npm run client\`; a change belongs there.

${types.join('\n')}`;
}

function typeDeclaration(name: string, schema: Schema): string {
  const comment = schema.description === undefined ? '' : `/** ${schema.description} */\n`;
  const text = typeText(schema, '');
  return text.startsWith('{')
    ? `${comment}export interface ${name} ${text}\n`
    : `${comment}export type ${name} = ${text};\n`;
}
