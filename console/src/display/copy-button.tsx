import { Button, CopyButton as Copying } from '@mantine/core';
import { Icon } from './icon.tsx';

/** Copies a text to the clipboard and confirms it. */
export function CopyButton({
  value,
  label,
  isBare = false,
}: {
  readonly value: string;
  readonly label: string;
  /** Shows only the icon; the label is a tooltip and the accessible name. */
  readonly isBare?: boolean;
}) {
  return (
    <Copying value={value} timeout={3_000}>
      {({ copied, copy }) => {
        const icon = <Icon name={copied ? 'check' : 'copy'} size={14} />;
        return (
          <>
            {isBare ? (
              <Button
                variant="subtle"
                color="gray"
                size="compact-sm"
                px={6}
                aria-label={label}
                title={label}
                onClick={copy}
              >
                {icon}
              </Button>
            ) : (
              <Button variant="default" size="compact-sm" leftSection={icon} onClick={copy}>
                {label}
              </Button>
            )}
            <span role="status" className="visually-hidden">
              {copied ? 'Copied' : ''}
            </span>
          </>
        );
      }}
    </Copying>
  );
}
