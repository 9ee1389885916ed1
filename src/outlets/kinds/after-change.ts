// How a component learns that its files changed: by a signal to the process that a pid file names, or by a touched file. Never
// by a command.

import { badRequest } from '../../errors.ts';
import type { OutletJson } from '../outlet-source.ts';
import type { OutletFieldRow } from './outlet-field.ts';
import { requirePath } from './outlet-path.ts';
import type { ProjectFolder } from './project-folder.ts';
import { memberNotValid, optionalObjectMember, requireKnownMembers, requireOneOf } from './read-members.ts';

const signals = Object.freeze(['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const);
type Signal = (typeof signals)[number];

export type AfterChange = { readonly signal: Signal; readonly pidFile: string } | { readonly touch: string };

export const afterChangeFields: OutletFieldRow = [
  {
    member: 'target.afterChange',
    label: 'After a change',
    description: 'How the reader is notified',
    input: {
      type: 'CHOICE',
      options: [
        { value: 'NONE', label: 'It watches the files itself' },
        { value: 'SIGNAL', label: 'A signal to its process' },
        { value: 'TOUCH', label: 'A file is touched' },
      ],
      isSent: false,
    },
  },
  {
    member: 'target.afterChange.signal',
    label: 'Signal',
    description: 'As the reader expects it',
    input: { type: 'CHOICE', options: signals.map((signal) => ({ value: signal, label: signal })) },
    when: { member: 'target.afterChange', is: 'SIGNAL' },
  },
  {
    member: 'target.afterChange.pidFile',
    label: 'Pid file',
    description: 'Below the same folder',
    placeholder: 'nginx/nginx.pid',
    input: { type: 'LINE' },
    when: { member: 'target.afterChange', is: 'SIGNAL' },
  },
  {
    member: 'target.afterChange.touch',
    label: 'File to touch',
    description: 'Below the same folder',
    placeholder: 'java/changed',
    input: { type: 'LINE' },
    when: { member: 'target.afterChange', is: 'TOUCH' },
  },
];

/** @throws KeyplaneError `bad_request` */
export function readAfterChange(target: OutletJson): AfterChange | undefined {
  const given = optionalObjectMember(target, 'afterChange', 'target');
  if (given === undefined) return undefined;
  const at = 'target.afterChange';
  requireKnownMembers(given, ['signal', 'pidFile', 'touch'], at);
  if (given.touch != null) {
    if (given.signal == null && given.pidFile == null) return { touch: requirePath(given, 'touch', at) };
    throw memberNotValid(at, 'It takes either signal and pidFile, or touch');
  }
  return { signal: requireOneOf(given, 'signal', at, signals), pidFile: requirePath(given, 'pidFile', at) };
}

const longestPidFile = 64;

/** @throws KeyplaneError `bad_request`, with a text for the operator */
export async function notify(folder: ProjectFolder, afterChange: AfterChange): Promise<void> {
  if ('touch' in afterChange) return folder.touch(afterChange.touch);
  await signalled(folder, afterChange, afterChange.signal);
}

async function signalled(
  folder: ProjectFolder,
  { signal, pidFile }: Extract<AfterChange, { readonly pidFile: string }>,
  sent: Signal | 0,
): Promise<void> {
  const pid = readPid(await folder.read(pidFile, longestPidFile), pidFile);
  try {
    process.kill(pid, sent);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw badRequest(`Process ${pid} of pid file ${pidFile} does not take ${signal} (${code ?? 'unknown'})!`);
  }
}

/** Whether the component could be notified; it is not. @throws as `notify` */
export async function tryNotify(folder: ProjectFolder, afterChange: AfterChange): Promise<void> {
  if ('touch' in afterChange) return folder.tryTouch(afterChange.touch);
  // 0 is no signal: the process is looked for.
  await signalled(folder, afterChange, 0);
}

function readPid(bytes: Buffer | undefined, pidFile: string): number {
  if (bytes === undefined) throw badRequest(`Pid file ${pidFile} does not exist!`);
  const text = /^\s*(\d{1,10})\s*$/.exec(bytes.toString('latin1'))?.[1];
  const pid = Number(text);
  // 0 and below name groups of processes, 1 is init.
  if (text === undefined || pid <= 1) {
    throw badRequest(`Pid file ${pidFile} does not name a process above 1!`);
  }
  // The node is no component. What started it may be one.
  if (pid === process.pid) throw badRequest(`Pid file ${pidFile} names the node itself!`);
  return pid;
}
