import { DescriptionField } from '../display/form/description-field.tsx';
import { EnvironmentsField } from './environments-field.tsx';
import { GateField } from './gate-field.tsx';
import { kindOption } from './kind-option.ts';
import type { PartProps } from './outlet-fields.ts';

/** Where an outlet delivers, whether key rings wait for it, and what it is for. */
export function PlacementFields({ projectName, draft, set, errors }: Omit<PartProps, 'withCredential'>) {
  return (
    <>
      <EnvironmentsField
        projectName={projectName}
        names={draft.environmentNames}
        error={errors.of('environmentNames')}
        onChange={(environmentNames) => set({ environmentNames })}
      />
      {draft.kind !== '' && kindOption(draft.kind).delivers === 'KEYS' && (
        <GateField value={draft.gate} error={errors.of('gate')} onChange={(gate) => set({ gate })} />
      )}
      <DescriptionField
        value={draft.description}
        error={errors.of('description')}
        onChange={(description) => set({ description })}
      />
    </>
  );
}
