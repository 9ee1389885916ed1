import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

const typingPauseMs = 250;

/** Text that a list is searched by; the search begins once the typing pauses. */
export function SearchField({
  label,
  value,
  width = 240,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  /** Pixels, where there is room. */
  readonly width?: number;
  readonly onChange: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  const told = useRef(value);
  const tell = useDebouncedCallback((next: string) => {
    told.current = next;
    onChange(next);
  }, typingPauseMs);
  // The address changed by other means, such as the browser's way back.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  return (
    <TextInput
      type="search"
      label={label}
      w="100%"
      maw={width}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
    />
  );
}
