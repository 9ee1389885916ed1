// Writes `src/operations.ts` from the description of the API: `npm run client`.

import { readFileSync, writeFileSync } from 'node:fs';
import { type ApiDescription, operationsFile } from './operations-text.ts';

const description = new URL('../../../openapi.json', import.meta.url);
const target = new URL('../src/operations.ts', import.meta.url);

const api = JSON.parse(readFileSync(description, 'utf8')) as ApiDescription;
writeFileSync(target, operationsFile(api));
