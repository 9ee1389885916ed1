export interface JoiningNode {
  readonly manager: string;
  readonly environment: string;
  readonly name: string;
  readonly port: string;
  readonly dataDir: string;
}

/** For a shell; the token goes by the environment, where no list of processes shows it. */
export function joinCommand(node: JoiningNode, token: string): string {
  const flags = [
    ['--manager', node.manager],
    ['--environment', node.environment],
    ['--name', node.name],
    ['--port', node.port],
    ['--data-dir', node.dataDir],
  ] as const;
  const rest = flags.map(([flag, value]) => `${flag} ${quoted(value)}`).join(' ');
  return `KEYPLANE_NODE_TOKEN=${quoted(token)} keyplane node ${rest}`;
}

/** What a shell might read as something else stands in single quotes. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
