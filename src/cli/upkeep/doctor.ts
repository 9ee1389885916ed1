import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import { addManagerOptions, managerConfigOf } from '../parts/manager-options.ts';

const exitCodes = Object.freeze({ fine: 0, findings: 1, canNotLook: 2 });

/** `keyplane doctor`: what is wrong with an installation, and what to do about it. It changes nothing. */
export function addDoctorCommand(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'Look for what is wrong, beside managers that run; exit code 0 fine, 1 findings, 2 can not look',
    )
    .option('--json', 'one JSON object instead of text');
  addManagerOptions(command).action(async (flags: ManagerFlags & { readonly json?: boolean }) => {
    const { json = false, ...settings } = flags;
    const config = managerConfigOf(settings);
    const { examine } = await import('../../compose/compose-doctor.ts');
    const { findings, looked } = await examine(config).catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      process.stderr.write(`keyplane: the doctor can not look: ${text}\n`);
      process.exitCode = exitCodes.canNotLook;
      return { findings: undefined, looked: {} };
    });
    if (findings === undefined) return;
    process.exitCode = findings.length === 0 ? exitCodes.fine : exitCodes.findings;
    if (json) {
      process.stdout.write(`${JSON.stringify({ fine: findings.length === 0, findings, looked }, null, 2)}\n`);
      return;
    }
    for (const { topic, problem, advice } of findings) {
      process.stdout.write(`${topic}: ${problem}\n  ${advice}\n`);
    }
    const counted = Object.entries(looked).map(([what, found]) => `${what} ${found}`);
    const verdict = findings.length === 0 ? 'Nothing is wrong' : `${findings.length} findings`;
    process.stdout.write(`${verdict}. Looked at: ${counted.join(', ')}.\n`);
  });
}
