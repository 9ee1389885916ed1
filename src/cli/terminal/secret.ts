// Secrets come from standard input, an environment variable, or a prompt without echo; never from an argument, which every
// user of the machine can read.

import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import { processEnvironment } from '../../config.ts';
import { readStdin } from './input.ts';
import { cancelled, isInteractive, requireTerminal } from './prompt.ts';

export interface SecretRequest {
  /** Such as `Password of admin`. */
  readonly text: string;
  readonly variable: string;
  /** The flag that reads it from standard input, and whether it was given. */
  readonly stdinFlag: string;
  readonly fromStdin: boolean | undefined;
}

/** @throws CliFailure where it is not given and there is no terminal to ask on */
export async function readSecret(order: SecretRequest): Promise<string> {
  const { text, variable, stdinFlag, fromStdin } = order;
  if (fromStdin && !process.stdin.isTTY) return (await readStdin()).toString('utf8').replace(/\r?\n$/, '');
  const given = processEnvironment()[variable];
  if (given !== undefined && !(fromStdin && isInteractive())) return given;
  requireTerminal({ text, otherwise: `give ${stdinFlag} or ${variable}` });
  return askSecret(`${text}: `);
}

/** Reads one line without echo. */
async function askSecret(text: string): Promise<string> {
  const { stdin, stderr } = process;
  // Before the prompt, so that nothing typed after it is shown.
  stdin.setRawMode(true);
  stderr.write(text);
  const decoder = new StringDecoder('utf8');
  let typed: readonly string[] = [];
  stdin.resume();
  try {
    for (;;) {
      const [chunk] = (await once(stdin, 'data')) as [Buffer];
      const characters = [...decoder.write(chunk)];
      for (const [index, character] of characters.entries()) {
        if (character === '\r' || character === '\n') {
          // Further input belongs to the next question.
          const rest = characters.slice(index + 1).join('');
          if (rest !== '') stdin.unshift(Buffer.from(rest));
          return typed.join('');
        }
        typed = withCharacter(typed, character);
      }
    }
  } finally {
    stdin.pause();
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}

/** Backspace removes one character, Ctrl+U all; Ctrl+C and Ctrl+D cancel. */
function withCharacter(typed: readonly string[], character: string): readonly string[] {
  if (character === '\u0003' || character === '\u0004') throw cancelled();
  if (character === '\u007f' || character === '\b') return typed.slice(0, -1);
  return character === '\u0015' ? [] : [...typed, character];
}
