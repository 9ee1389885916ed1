// `keyplane lint`: checks a JWK, a JWK Set, a certificate, a key or a keystore by the rules of the manager, without one.

import type { Command } from 'commander';
import { addCommand } from '../client-command.ts';
import { exitCode, wrongUsage } from '../failure.ts';
import { addPassphraseOptions, type PassphraseFlags, requireOneUseOfStdin } from '../files/key-passphrase.ts';
import { addPasswordOptions } from '../files/keystore-password.ts';
import { show } from '../terminal/output.ts';
import { addOutputOptions, changeFormats, type OutputFlags } from '../terminal/output-format.ts';
import { sanitize } from '../terminal/sanitize.ts';
import type { LintFinding } from './finding.ts';
import type { Linted } from './lint-source.ts';

interface LintFlags extends PassphraseFlags, OutputFlags {
  readonly strict?: boolean;
  readonly passwordStdin?: boolean;
  readonly urlAllow?: string;
}

export function addLintCommand(program: Command): void {
  const command = addCommand(program, {
    usage: 'lint <SOURCE...>',
    summary: 'Check a JWK, JWK Set, certificate, key or keystore without a manager',
    examples: [
      'lint jwks.json',
      'lint https://partner.example/.well-known/jwks.json',
      'lint orders.p12 --password-stdin < password.txt',
      'lint --strict --json keys/*.json',
      'lint - < jwks.json',
    ],
  });
  addPasswordOptions(
    addPassphraseOptions(addOutputOptions(command, changeFormats)).option('--strict', 'warnings fail too'),
  )
    .option('--url-allow <LIST>', 'private hosts and CIDRs that a redirect may lead to [KEYPLANE_URL_ALLOW]')
    .addHelpText(
      'after',
      '\nSOURCE is a file, an http(s) URL, or - for standard input.\nExit code: 0 without findings, 1 with findings.',
    )
    .action(async (sources: readonly string[], flags: LintFlags) => {
      if (flags.passwordStdin && sources.includes('-')) {
        throw wrongUsage('Standard input is the file: give the password in KEYPLANE_KEYSTORE_PASSWORD');
      }
      for (const source of sources) requireOneUseOfStdin(source, flags);
      if (flags.passwordStdin && flags.passphraseStdin)
        throw wrongUsage('Standard input is the password: give the passphrase with --passphrase-file');
      const { lintSource } = await import('./lint-source.ts');
      const results: Linted[] = [];
      for (const source of sources) results.push(await lintSource(source, flags));
      const isSound = results.every(
        ({ sound, findings }) => sound && (!flags.strict || findings.length === 0),
      );
      show(flags, { sound: isSound, sources: results }, { table: () => results.map(report).join('') });
      if (!isSound) process.exitCode = exitCode.failed;
    });
}

function report({ source, kind, findings }: Linted): string {
  const verdict = findings.length === 0 ? 'sound' : countOf(findings);
  return `${sanitize(source)}${kind === null ? '' : ` is ${kind}`}: ${verdict}\n${findings.map(lines).join('')}`;
}

function countOf(findings: readonly LintFinding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const parts = [plural(errors, 'error'), plural(findings.length - errors, 'warning')];
  const counted = parts.filter((part) => part !== undefined).join(', ');
  return errors === 0 ? `sound, ${counted}` : counted;
}

function plural(count: number, word: string): string | undefined {
  if (count === 0) return undefined;
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}

function lines({ severity, where, problem, remedy }: LintFinding): string {
  const place = where === '' ? '' : `${sanitize(where)}: `;
  return `  ${severity.padEnd(7)}  ${place}${sanitize(problem)}\n           fix: ${sanitize(remedy)}\n`;
}
