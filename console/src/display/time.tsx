import { Text } from '@mantine/core';
import { relativeText } from '../../../src/runtime/time-text.ts';
import { exactText, utcText } from './instants.ts';

interface TimeProps {
  readonly at: string | null;
  /** Shown if there is no instant. */
  readonly fallback?: string;
}

/** How long ago or until; the exact instant shows on hover. */
export function Time({ at, fallback = 'never' }: TimeProps) {
  if (at === null) return fallback;
  return (
    <time dateTime={at} title={exactText(at)}>
      {relativeText(at)}
    </time>
  );
}

/** The instant, and its distance from now. */
export function Instant({ at, fallback = 'none' }: TimeProps) {
  if (at === null) return fallback;
  return <Both at={at} text={utcText(at)} />;
}

/** The day of an instant, and its distance from now: for narrow columns. */
export function Day({ at, fallback = 'never' }: TimeProps) {
  if (at === null) return fallback;
  return <Both at={at} text={utcText(at).slice(0, 10)} />;
}

function Both({ at, text }: { readonly at: string; readonly text: string }) {
  return (
    <time dateTime={at} title={exactText(at)}>
      <span className="whole">{text}</span>{' '}
      <Text span c="dimmed" fz="inherit" className="whole">
        {relativeText(at)}
      </Text>
    </time>
  );
}
