/** What a caller learns from the process alone; docs/cli.md has the same table. */
export const exitCode = Object.freeze({
  done: 0,
  /** The manager refused it, or a file has findings. */
  failed: 1,
  /** A wrong argument or setting, or a question that nobody is there to answer. */
  usage: 2,
  /** Not signed in, or a role is missing. */
  forbidden: 3,
  notFound: 4,
  /** It is stored, and not every node has it yet. */
  notDeployed: 5,
  /** No answer from the manager, or none that it gave itself. */
  unreachable: 6,
  /** Ctrl+C at a question, as shells count signals. */
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
