#!/usr/bin/env node
// `keyplane` as npm installs it. Plain JavaScript, because the first file of a process is read before there is a cache of
// compiled modules, and stripping its types alone would take longer than all the rest of `--help`.

import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/keyplane', import.meta.url)));
const { runCli } = await import('../src/cli/run-cli.ts');
await runCli(process.argv);
