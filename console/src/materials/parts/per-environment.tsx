import { Fieldset, Stack, Switch } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { EnvironmentChoice } from './environment-choice.tsx';

/** Stands for all that are chosen, while they share one file. */
const everyEnvironment = '*';

export interface PerEnvironment<Value> {
  readonly chosen: readonly string[];
  readonly shared: boolean;
  choose(names: readonly string[]): void;
  share(shared: boolean): void;
  /** What a value is filled in for: each environment, or all of them at once. */
  readonly slots: readonly string[];
  value(slot: string): Value;
  set(slot: string, change: Partial<Value>): void;
  /** As the request has it. */
  list(): readonly (Value & { readonly environmentName: string })[];
}

/** Material for each environment, or one for all that are chosen. */
export function usePerEnvironment<Value extends object>(
  initial: readonly string[],
  empty: Value,
): PerEnvironment<Value> {
  const [chosen, choose] = useState(initial);
  const [shared, share] = useState(initial.length < 2);
  const [values, setValues] = useState<Readonly<Record<string, Value>>>({});
  const value = (slot: string) => values[slot] ?? empty;
  const slots = shared ? [everyEnvironment] : chosen;
  return {
    chosen,
    shared,
    choose,
    share,
    slots,
    value,
    set: (slot, change) => setValues((now) => ({ ...now, [slot]: { ...(now[slot] ?? empty), ...change } })),
    list: () =>
      chosen.map((environmentName) => ({
        ...value(shared ? everyEnvironment : environmentName),
        environmentName,
      })),
  };
}

export function PerEnvironmentFields<Value>({
  projectName,
  state,
  error,
  children,
}: {
  readonly projectName: string;
  readonly state: PerEnvironment<Value>;
  readonly error: string | undefined;
  readonly children: (slot: string) => ReactNode;
}) {
  return (
    <Stack>
      <EnvironmentChoice
        projectName={projectName}
        value={state.chosen}
        error={error}
        onChange={state.choose}
      />
      {state.chosen.length > 1 && (
        <Switch
          label="Same in all environments"
          checked={state.shared}
          onChange={(event) => state.share(event.currentTarget.checked)}
        />
      )}
      {state.slots.map((slot) =>
        slot === everyEnvironment ? (
          <Stack key={slot}>{children(slot)}</Stack>
        ) : (
          <Fieldset key={slot} legend={slot}>
            <Stack>{children(slot)}</Stack>
          </Fieldset>
        ),
      )}
    </Stack>
  );
}
