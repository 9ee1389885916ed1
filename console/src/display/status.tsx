import { Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { Icon } from './icon.tsx';
import type { StatusWord } from './status-words.ts';

/** A word with a dot before it. What it means shows on hover, and in the legend. */
export function Status({
  of: { word, tone, meaning },
  prefix,
}: {
  readonly of: StatusWord;
  /** The name of what has this status, where several are listed. A long one is cut. */
  readonly prefix?: string;
}) {
  if (prefix === undefined) {
    return (
      <span className="status" data-tone={tone} title={meaning}>
        {word}
      </span>
    );
  }
  return (
    <span className="status" data-tone={tone} title={`${prefix}: ${meaning}`}>
      <span>
        <span className="object">{prefix}</span>: {word}
      </span>
    </span>
  );
}

/** A button that explains the status words, one sentence each. */
export function Legend({ label, words }: { readonly label: string; readonly words: readonly StatusWord[] }) {
  return (
    <Popover width={340} position="bottom-end" shadow="md" withArrow>
      <Popover.Target>
        <UnstyledButton className="legend" aria-label={label} title={label}>
          <Icon name="help" />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <StatusMeanings words={words} />
      </Popover.Dropdown>
    </Popover>
  );
}

export function StatusMeanings({ words }: { readonly words: readonly StatusWord[] }) {
  return (
    <Stack component="dl" gap="xs" m={0}>
      {words.map((one) => (
        <div key={one.word}>
          <dt>
            <Status of={one} />
          </dt>
          <Text component="dd" size="sm" c="dimmed" m={0}>
            {one.meaning}
          </Text>
        </div>
      ))}
    </Stack>
  );
}
