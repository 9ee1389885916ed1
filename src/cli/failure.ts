/** The exit codes of the process; docs/cli.md has the same table. */
export const exitCode = Object.freeze({
  done: 0,
  /** The manager rejected the request, or `lint` or `doctor` has findings. */
  failed: 1,
  /** A wrong argument or setting, or a prompt without a terminal. */
  usage: 2,
  /** Not signed in, or a role is missing. */
  forbidden: 3,
  /** The object does not exist. */
  notFound: 4,
  /** The change is stored, and a node does not have it yet. */
  notDeployed: 5,
  /** The manager is unreachable or not ready. */
  unreachable: 6,
  /** Ctrl+C at a prompt: 128 and the number of the signal. */
  cancelled: 130,
});

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends the command with one line and this exit code. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: ExitCode;

  constructor(message: string, code: ExitCode = exitCode.failed) {
    super(message);
    this.exitCode = code;
  }
}

export function wrongUsage(message: string): CliFailure {
  return new CliFailure(message, exitCode.usage);
}
