// Writes `src/operations.ts` and `src/schemas.ts` from the description of the API: `npm run client`.

import { readFileSync, writeFileSync } from 'node:fs';
import { type ApiDescription, operationsFile } from './operations-text.ts';
import { schemasFile } from './schemas-text.ts';

const description = new URL('../../../openapi.json', import.meta.url);
const source = new URL('../src/', import.meta.url);

const api = JSON.parse(readFileSync(description, 'utf8')) as ApiDescription;
writeFileSync(new URL('operations.ts', source), operationsFile(api));
writeFileSync(new URL('schemas.ts', source), schemasFile(api));
