import { Badge } from '@mantine/core';

export type NodeStanding = 'CURRENT' | 'LAGGING' | 'REFUSED' | 'DISCONNECTED';

const looks = {
  CURRENT: { color: '#1f6b2f', text: 'current' },
  LAGGING: { color: '#a13a06', text: 'lagging' },
  REFUSED: { color: 'red.9', text: 'refused' },
  DISCONNECTED: { color: 'gray.7', text: 'not connected' },
} as const;

/** Said in words, for colour alone tells not everybody. */
export function NodeBadge({ state }: { readonly state: NodeStanding }) {
  const { color, text } = looks[state];
  return (
    <Badge color={color} variant="filled" tt="none">
      {text}
    </Badge>
  );
}
