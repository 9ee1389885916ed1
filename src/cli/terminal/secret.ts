// Secrets come from standard input, from an environment variable, or from a question whose answer is not shown;
// never from an argument, which every user of the machine can read.

import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import { processEnvironment } from '../../config.ts';
import { readStdin } from './input.ts';
import { cancelled, isInteractive, mustBeInteractive } from './prompt.ts';

export interface SecretOrder {
  /** Such as `Password of admin`. */
  readonly text: string;
  readonly variable: string;
  /** The flag that says it comes on standard input, and whether it was given. */
  readonly stdinFlag: string;
  readonly fromStdin: boolean | undefined;
}

/** @throws CliFailure where it is not given and nobody can be asked */
export async function readSecret(order: SecretOrder): Promise<string> {
  const { text, variable, stdinFlag, fromStdin } = order;
  if (fromStdin && !process.stdin.isTTY) return (await readStdin()).toString('utf8').replace(/\r?\n$/, '');
  const given = processEnvironment()[variable];
  if (given !== undefined && !(fromStdin && isInteractive())) return given;
  mustBeInteractive({ text, otherwise: `give ${stdinFlag} or ${variable}` });
  return askSecret(`${text}: `);
}

/** Reads one line without echo. */
async function askSecret(text: string): Promise<string> {
  const { stdin, stderr } = process;
  // First, so that nothing typed from now on is shown.
  stdin.setRawMode(true);
  stderr.write(text);
  const decoder = new StringDecoder('utf8');
  let typed: readonly string[] = [];
  stdin.resume();
  try {
    for (;;) {
      const [chunk] = (await once(stdin, 'data')) as [Buffer];
      const signs = [...decoder.write(chunk)];
      for (const [index, sign] of signs.entries()) {
        if (sign === '\r' || sign === '\n') {
          // What was typed ahead belongs to the next question.
          const rest = signs.slice(index + 1).join('');
          if (rest !== '') stdin.unshift(Buffer.from(rest));
          return typed.join('');
        }
        typed = withSign(typed, sign);
      }
    }
  } finally {
    stdin.pause();
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}

/** What a key does to what was typed: backspace takes one off, Ctrl+U all, Ctrl+C and Ctrl+D end it. */
function withSign(typed: readonly string[], sign: string): readonly string[] {
  if (sign === '\u0003' || sign === '\u0004') throw cancelled();
  if (sign === '\u007f' || sign === '\b') return typed.slice(0, -1);
  return sign === '\u0015' ? [] : [...typed, sign];
}
