import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import type { KeyRing } from '../../../clients/typescript/src/index.ts';
import { projectCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { connectToProject, type ProjectFlags } from '../session/connection.ts';
import { show, write } from '../terminal/output.ts';
import { documentFormats, isForProgram, outputFormatOf } from '../terminal/output-format.ts';
import { ringText } from './ring-text.ts';

const watchEveryMs = 1_000;

export function addRingGet(ring: Command): void {
  projectCommand(ring, {
    usage: 'get <NAME>',
    summary: 'Show a key ring: its keys, what happens next, and what it waits for',
    examples: ['ring get api-signing', 'ring get api-signing --watch', 'ring get api-signing --output json'],
    completes: ['key rings'],
    formats: documentFormats,
  })
    .option('--watch', 'show it again whenever it changes, until Ctrl+C')
    .action(async (name: string, flags: ProjectFlags & { readonly watch?: boolean }) => {
      if (flags.watch && isForProgram(flags)) throw wrongUsage('--watch is for a person: leave --output out');
      const { client, projectName } = await connectToProject(flags);
      const ask = () => client.getKeyRing({ projectName, ringName: name });
      const answer = await ask();
      show(flags, answer, {
        table: () => textOf(answer.resultList, false),
        wide: () => textOf(answer.resultList, true),
      });
      if (!flags.watch) return;
      const isExact = outputFormatOf(flags) === 'wide';
      let shown = JSON.stringify(answer.resultList);
      for (;;) {
        await setTimeout(watchEveryMs);
        const { resultList } = await ask();
        const now = JSON.stringify(resultList);
        if (now === shown) continue;
        shown = now;
        write(`\n${textOf(resultList, isExact)}`);
      }
    });
}

function textOf([ring]: readonly KeyRing[], isExact: boolean): string {
  return ring === undefined ? '' : ringText(ring, isExact);
}
