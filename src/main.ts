#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Stripping types and compiling is most of a start. What cannot be written there is simply compiled again.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/keyplane', import.meta.url)));
const { runCli } = await import('./cli/run-cli.ts');
await runCli(process.argv);
