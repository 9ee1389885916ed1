import { flushCompileCache } from 'node:module';

/**
 * Call it once the modules of a process that stays are loaded. Node.js keeps what it read from the cache of compiled
 * modules, several megabytes, until the process ends or the cache is brought up to date; V8 has taken it over by then.
 */
export function forgetCompiled(): void {
  flushCompileCache();
}
