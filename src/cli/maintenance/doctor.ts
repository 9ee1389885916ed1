import type { Command } from 'commander';
import type { ManagerFlags } from '../../config.ts';
import type { Examination, FindingSeverity } from '../../doctor/finding.ts';
import { type FindingGroup, groupFindings } from '../../doctor/finding-groups.ts';
import { addCommand } from '../client-command.ts';
import { CliFailure, exitCode } from '../failure.ts';
import { choiceOption } from '../flag-values.ts';
import { addDatabaseSettings, managerConfigOf } from '../processes/setting-options.ts';
import { show } from '../terminal/output.ts';
import { addOutputOptions, documentFormats, type OutputFlags } from '../terminal/output-format.ts';
import { sanitize } from '../terminal/sanitize.ts';

interface DoctorFlags extends ManagerFlags, OutputFlags {
  readonly failOn: FindingSeverity;
}

const mostExamples = 3;

/** `keyplane doctor`: problems of an installation with their remedies. It changes nothing. */
export function addDoctorCommand(program: Command): void {
  const command = addCommand(program, {
    usage: 'doctor',
    summary: 'Check an installation for problems while managers run',
    examples: [
      'doctor --data-dir /var/lib/keyplane',
      'doctor --fail-on warning',
      'doctor --output wide',
      'doctor --output json',
    ],
  }).addOption(
    choiceOption('--fail-on <SEVERITY>', 'exit with code 1 from this severity on', [
      'error',
      'warning',
    ]).default('error'),
  );
  command.addHelpText(
    'after',
    '\nExit code: 0 without findings of the severity of --fail-on, 1 with such findings, 2 if the check is impossible.',
  );
  addDatabaseSettings(addOutputOptions(command, documentFormats)).action(
    async ({ output, json, failOn, ...settings }: DoctorFlags) => {
      const { findings, looked } = await examination(settings);
      const groups = groupFindings(findings);
      const isFailed = findings.some(({ severity }) => severity === 'error' || failOn === 'warning');
      if (isFailed) process.exitCode = exitCode.failed;
      const summaries = groups.map(({ problems, ...group }) => ({
        ...group,
        examples: problems.slice(0, mostExamples),
      }));
      const answer = { fine: findings.length === 0, failed: isFailed, groups: summaries, findings, looked };
      const flags = { ...(output !== undefined && { output }), ...(json !== undefined && { json }) };
      show(flags, answer, {
        table: () => report(groups, looked, mostExamples),
        wide: () => report(groups, looked, Number.POSITIVE_INFINITY),
      });
    },
  );
}

async function examination(settings: ManagerFlags): Promise<Examination> {
  const config = managerConfigOf(settings);
  const { examine } = await import('../../compose/doctor.ts');
  try {
    return await examine(config);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new CliFailure(`The installation cannot be checked: ${text}`, exitCode.usage);
  }
}

function report(
  groups: readonly FindingGroup[],
  looked: Examination['looked'],
  shownProblems: number,
): string {
  const checked = Object.entries(looked).map(([what, found]) => `${what} ${found}`);
  const total = (severity: FindingSeverity) =>
    groups.reduce((sum, group) => sum + (group.severity === severity ? group.count : 0), 0);
  const counts = [counted(total('error'), 'error'), counted(total('warning'), 'warning')];
  const verdict = groups.length === 0 ? 'No problems found' : counts.filter(Boolean).join(', ');
  const sections = groups.map((group) => `${groupText(group, shownProblems)}\n`);
  return `${sections.join('')}${verdict}. Checked: ${checked.join(', ')}.\n`;
}

function groupText(
  { severity, topic, summary, count, problems, advice }: FindingGroup,
  shown: number,
): string {
  const lines = problems.slice(0, shown).map((problem) => `  ${sanitize(problem)}\n`);
  const rest = count - lines.length;
  const more = rest > 0 ? `  … and ${rest} more; --output wide lists all\n` : '';
  const fixes = advice.map((text) => `  fix: ${sanitize(text)}\n`);
  return `${severity}: ${summary} (${topic}, ${count})\n${lines.join('')}${more}${fixes.join('')}`;
}

function counted(count: number, word: string): string {
  if (count === 0) return '';
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
