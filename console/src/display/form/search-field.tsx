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
  const reported = useRef(value);
  const report = useDebouncedCallback((next: string) => {
    reported.current = next;
    onChange(next);
  }, typingPauseMs);
  // The address changed without this field, for example by the browser's back button.
  useEffect(() => {
    if (value === reported.current) return;
    reported.current = value;
    setText(value);
  }, [value]);
  return (
    <TextInput
      type="search"
      label={label}
      w="100%"
      maw={{ base: '100%', xs: width }}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        report(event.currentTarget.value);
      }}
    />
  );
}
