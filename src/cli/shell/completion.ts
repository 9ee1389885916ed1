import type { Command } from 'commander';
import { addCommand } from '../client-command.ts';
import { wrongUsage } from '../failure.ts';
import { write } from '../terminal/output.ts';

const scripts: Readonly<Record<string, string>> = Object.freeze({
  bash: `# keyplane for bash: eval "$(keyplane completion bash)"
_keyplane() {
  local word="\${COMP_WORDS[COMP_CWORD]}" line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ':files' ]; then
      compopt -o default
    else
      COMPREPLY+=("$line")
    fi
  done < <("\${COMP_WORDS[0]}" __complete "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word" 2>/dev/null)
}
complete -F _keyplane keyplane
`,
  zsh: `#compdef keyplane
# keyplane for zsh: eval "$(keyplane completion zsh)"
_keyplane() {
  local -a found
  found=("\${(@f)$("\${words[1]}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if (( \${found[(Ie):files]} )); then
    _files
  fi
  found=("\${(@)found:#:files}")
  compadd -- "\${(@)found:#}"
}
compdef _keyplane keyplane
`,
  fish: `# keyplane for fish: keyplane completion fish | source
function __keyplane_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        if test "$line" = ':files'
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c keyplane -f -a '(__keyplane_complete)'
`,
});

export const shells: readonly string[] = Object.keys(scripts);

/** `keyplane completion`: the script with which a shell completes commands of keyplane. */
export function addCompletionCommand(program: Command): void {
  addCommand(program, {
    usage: 'completion <SHELL>',
    completes: ['shells'],
    summary: 'Print the completion script for bash, zsh or fish',
    examples: [
      'completion bash >> ~/.bashrc',
      'completion zsh > ~/.zfunc/_keyplane',
      'completion fish > ~/.config/fish/completions/keyplane.fish',
    ],
  }).action((shell: string) => {
    const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
    if (script === undefined)
      throw wrongUsage(`No completion for ${shell}. Valid values: ${shells.join(', ')}`);
    write(script);
  });
}
