export interface JoiningNode {
  readonly manager: string;
  readonly environment: string;
  readonly name: string;
  readonly port: string;
  readonly dataDir: string;
}

/**
 * For a shell. The token is passed in the environment, because every user can read arguments.
 * @param cliCommand how the command line is called, such as `keyplane`
 */
export function joinCommand(node: JoiningNode, token: string, cliCommand: string): string {
  const flags = [
    ['--manager', node.manager],
    ['--environment', node.environment],
    ['--name', node.name],
    ['--port', node.port],
    ['--data-dir', node.dataDir],
  ] as const;
  const rest = flags.map(([flag, value]) => `${flag} ${quoted(value)}`).join(' ');
  return `KEYPLANE_NODE_TOKEN=${quoted(token)} ${cliCommand} node ${rest}`;
}

/** Arguments with characters that a shell interprets are in single quotes. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
