import { Checkbox, Stack, TextInput } from '@mantine/core';
import type { SourceKey } from '../../../clients/typescript/src/index.ts';
import type { Draft, FormPartProps } from './draft.ts';
import { algorithmsOf } from './generated-kinds.ts';
import { usageOf } from './request.ts';

/** Whether nodes may decrypt with the key. */
export function mayEncrypt(draft: Draft, chosen: SourceKey | undefined): boolean {
  if (draft.source === 'GENERATE') {
    return usageOf(draft, algorithmsOf(draft.type, draft.variant)).useType === 'ENCRYPTION';
  }
  return chosen !== undefined && chosen.use !== 'sig' && (chosen.algorithms?.ENCRYPTION.length ?? 0) > 0;
}

/** What nodes accept with a key for encryption besides the ordinary. Each has a risk and is off by default. */
export function AllowanceFields({ draft, set, errorOf }: FormPartProps) {
  return (
    <details className="more">
      <summary>Decryption at nodes</summary>
      <Stack mt="sm">
        <Checkbox
          label="Decrypt RSA1_5"
          description="Only for partners that can do nothing else: the algorithm is weak"
          checked={draft.allowRsa15}
          error={errorOf('allowRsa15')}
          onChange={(event) => set({ allowRsa15: event.currentTarget.checked })}
        />
        <Checkbox
          label="Decrypt compressed content"
          description="Up to 256 KiB"
          checked={draft.allowCompressed}
          error={errorOf('allowCompressed')}
          onChange={(event) => set({ allowCompressed: event.currentTarget.checked })}
        />
        <TextInput
          label="PBES2 iterations at most"
          description="Empty: 100000. A sender names the number, and each costs time"
          inputMode="numeric"
          value={draft.maxIterationCount}
          error={errorOf('maxIterationCount')}
          onChange={(event) =>
            set({ maxIterationCount: event.currentTarget.value.replace(/\D/g, '').slice(0, 9) })
          }
        />
      </Stack>
    </details>
  );
}
