// What lists and filters need of the source types: plain values. The build of the console evaluates this file and takes
// its values alone, because the sources need Node.js.

import { jwkSource, type StoredSourceType, sourceTypes } from './sources.ts';

export interface SourceTypeOption {
  readonly sourceType: StoredSourceType;
  readonly label: string;
}

export const sourceTypeOptions: readonly SourceTypeOption[] = [
  ...sourceTypes.map((sourceType) => ({ sourceType, label: jwkSource(sourceType).label })),
  { sourceType: 'GENERATE', label: 'Generated' },
];
