// Runs the blocks of a page as a reader would, from top to bottom: one shell for all of them, in a folder that
// looks like a checkout, with real commands. It stops at the first command that fails.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { childEnvironment } from '../../../src/config.ts';
import { temporaryFolder } from '../../system/support/temporary-folder.ts';
import { type Block, blocksOf, root } from './page.ts';

export interface PageRun {
  /** Those of the page that are to be run. */
  readonly blocks: readonly Block[];
  readonly ran: readonly RanBlock[];
  /** A program that is not on this machine; the block that needs it and all after it were left out. */
  readonly missing: string | undefined;
  /** Everything that was printed, to be shown where something failed. */
  readonly said: string;
  readonly exitCode: number | null;
}

interface RanBlock {
  readonly block: Block;
  readonly output: string;
}

export interface PageWorld {
  /** Texts of the page to what stands for them here: ports and tokens. */
  readonly substitutions: Readonly<Record<string, string>>;
}

/** Below the time limit of a test. */
export const longestPageMs = 600_000;

/** Settings with which a busy machine makes no page wrong. */
export const patient = Object.freeze({ KEYPLANE_DEPLOY_TIMEOUT: '60000' });

/** Programs that a page may use and that npm does not bring. */
const foreign = ['curl', 'openssl', 'keytool', 'nginx', 'haproxy', 'java', 'javac'];
/** What of a checkout its commands need. */
const checkout = [
  'package.json',
  'package-lock.json',
  'scripts',
  'src',
  'node_modules',
  'console',
  'openapi.json',
];

export async function runPage(page: string, { substitutions }: PageWorld): Promise<PageRun> {
  const all = blocksOf(page, substituted(await readFile(join(root, page), 'utf8'), substitutions));
  const blocks = all.filter(({ language, noRun }) => language === 'sh' && noRun === undefined);
  const folder = await temporaryFolder();
  const place = join(folder, 'checkout');
  await mkdir(place);
  for (const name of checkout) await symlink(join(root, name), join(place, name));
  for (const { file, text } of all) if (file !== undefined) await writeFile(join(place, file), `${text}\n`);
  const lacking = blocks.map(({ text }) => foreign.find((name) => usesMissing(text, name)));
  const firstLeftOut = lacking.findIndex((name) => name !== undefined);
  const toRun = firstLeftOut < 0 ? blocks : blocks.slice(0, firstLeftOut);
  const script = toRun.map(({ text }, index) => `exec > '${folder}/out-${index}' 2>&1\n${text}\n`).join('');
  const exitCode = await shell(`set -eo pipefail\n${script}`, place);
  const ran: RanBlock[] = [];
  for (const [index, block] of toRun.entries()) {
    const path = join(folder, `out-${index}`);
    if (existsSync(path)) ran.push({ block, output: await readFile(path, 'utf8') });
  }
  const said = ran.map(({ block, output }) => `--- ${page}:${block.line}\n${block.text}\n>>>\n${output}`);
  return { blocks, ran, missing: lacking[firstLeftOut], said: said.join('\n'), exitCode };
}

/** @returns the expected output that was not printed, in the order of the block */
export function unmetOutputs({ block, output }: RanBlock): readonly string[] {
  const promised = [...block.text.matchAll(/^# output: (.+)$/gm)].map(([, text = '']) => text);
  let from = 0;
  return promised.filter((text) => {
    const pattern = text.split('…').map(literally);
    const found = new RegExp(pattern.join('[\\s\\S]*?')).exec(output.slice(from));
    if (found) from += found.index + found[0].length;
    return !found;
  });
}

function substituted(text: string, substitutions: Readonly<Record<string, string>>): string {
  const words = Object.keys(substitutions).sort((a, b) => b.length - a.length);
  if (words.length === 0) return text;
  // In one pass, so that what was put in is not taken for a text of the page.
  return text.replace(
    new RegExp(`(?<!\\w)(${words.map(literally).join('|')})(?!\\w)`, 'g'),
    (word) => substitutions[word] ?? word,
  );
}

function usesMissing(text: string, program: string): boolean {
  const isUsed = new RegExp(`(^|[|(;&]|\\bexec )\\s*${program}\\s`, 'm').test(text);
  return (
    isUsed && !(process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
  );
}

/** Of the shell's group, which is ended with all that it started in the background. */
async function shell(script: string, cwd: string): Promise<number | null> {
  const child = spawn('bash', ['-c', script], {
    cwd,
    detached: true,
    env: childEnvironment({
      ...patient,
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    }),
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  // A command that never ends would leave all that was started running, after its test has long been given up.
  const impatience = setTimeout(() => endGroup(child.pid), longestPageMs);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  clearTimeout(impatience);
  endGroup(child.pid);
  return code;
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // No process of the group is left.
  }
}

/** As a part of a regular expression. */
function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
