import { Button, CopyButton as Copying } from '@mantine/core';

/** Puts a text into the clipboard and says that it did. */
export function CopyButton({ value, label }: { readonly value: string; readonly label: string }) {
  return (
    <Copying value={value} timeout={3_000}>
      {({ copied, copy }) => (
        <>
          <Button variant="default" size="compact-sm" onClick={copy}>
            {label}
          </Button>
          <span role="status" className="visually-hidden">
            {copied ? 'Copied' : ''}
          </span>
          {copied && (
            <span aria-hidden="true" className="copied">
              Copied
            </span>
          )}
        </>
      )}
    </Copying>
  );
}
