// The help of `keyplane` itself, without the package that parses arguments: it is read most often, and loading that
// package takes longer than the rest.

import { commandGroups } from './command-table.ts';

const width = 80;

export function programHelp(): string {
  const names = commandGroups.flatMap(({ rows }) => rows.map(({ name }) => name));
  const column = Math.max(...names.map((name) => name.length)) + 4;
  const sections = commandGroups.map(({ heading, rows }) => {
    const lines = rows.map(({ name, summary }) => entry(`  ${name}`.padEnd(column), summary));
    return `${heading}\n${lines.join('')}`;
  });
  return `Usage: keyplane [options] <command>

The control plane for JSON Web Keys

${sections.join('\n')}
Options:
${entry('  -V, --version'.padEnd(19), 'print the version')}${entry('  -h, --help'.padEnd(19), 'print this help, or the help of a command')}
Examples:
  $ keyplane start
  $ keyplane login http://127.0.0.1:8080
  $ keyplane jwk create orders --from-file orders.p12
  $ keyplane jwk create --help

Exit codes and profiles: docs/cli.md
`;
}

/** A name and its description, which is wrapped beside the name. */
function entry(name: string, description: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of description.split(' ')) {
    if (line !== '' && name.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return `${name}${lines.join(`\n${' '.repeat(name.length)}`)}\n`;
}
