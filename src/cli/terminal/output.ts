import { harmlessJson } from './harmless-text.ts';

let isWatched = false;

/** To standard output, where whoever reads may stop reading (`| head`) without that being a failure. */
export function write(text: string | Uint8Array): void {
  if (!isWatched) {
    isWatched = true;
    process.stdout.on('error', (error) => {
      if ('code' in error && error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  process.stdout.write(text);
}

/** For the person at the terminal: what was chosen, what comes next. Programs that read the output do not see it. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The answer as the server gave it, or what a person reads of it. */
export function show(flags: { readonly json?: boolean }, answer: unknown, forPeople: () => string): void {
  write(flags.json ? `${harmlessJson(answer)}\n` : forPeople());
}
