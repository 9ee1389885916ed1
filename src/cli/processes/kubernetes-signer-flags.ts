import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { SettingError } from '../../config.ts';
import { checkName } from '../../names.ts';
import type { KubernetesSignerOptions } from '../../node/kubernetes-signer/start-kubernetes-signer.ts';
import { parseMode } from './operations-flags.ts';

export interface KubernetesSignerFlags {
  readonly kubernetesSignerSocket?: string;
  readonly kubernetesSignerRing?: { readonly project: string; readonly ringName: string };
  readonly kubernetesSignerSocketMode?: number;
}

export function addKubernetesSignerFlags(command: Command): Command {
  return command
    .option(
      '--kubernetes-signer-socket <PATH>',
      'also sign service account tokens for a Kubernetes API server, on this Unix socket (default: off)',
    )
    .option('--kubernetes-signer-ring <PROJECT/RING>', 'the key ring that it signs with', parseRing)
    .option(
      '--kubernetes-signer-socket-mode <MODE>',
      'file mode of --kubernetes-signer-socket, in octal (default: 0600)',
      parseMode,
    );
}

/** Undefined where the signer is off. @throws SettingError for flags that do not go together */
export function kubernetesSignerOptionsOf(flags: KubernetesSignerFlags): KubernetesSignerOptions | undefined {
  const { kubernetesSignerSocket: socket, kubernetesSignerRing: ring } = flags;
  const { kubernetesSignerSocketMode: socketMode } = flags;
  if ((socket === undefined) !== (ring === undefined)) {
    throw new SettingError(
      '--kubernetes-signer-socket and --kubernetes-signer-ring belong together: both or neither are accepted',
    );
  }
  if (socket === undefined || ring === undefined) {
    if (socketMode === undefined) return undefined;
    throw new SettingError(
      '--kubernetes-signer-socket-mode is of --kubernetes-signer-socket: it is required with it',
    );
  }
  return { ...ring, socket: resolve(socket), ...(socketMode !== undefined && { socketMode }) };
}

function parseRing(text: string): { readonly project: string; readonly ringName: string } {
  const [project, ringName, ...rest] = text.split('/');
  try {
    if (rest.length > 0) throw new Error('it has more than one slash');
    return { project: checkName(project, 'Project name'), ringName: checkName(ringName, 'Key ring name') };
  } catch {
    throw new InvalidArgumentError(
      'A project and a key ring are accepted, such as MyProject/service-accounts.',
    );
  }
}
