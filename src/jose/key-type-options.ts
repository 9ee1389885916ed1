// What forms and filters need of the key types: plain values. The build of the console evaluates this file and takes its
// values alone, because the checks of the table need Node.js.

import { curveTypeName, keyTypeMember, keyTypeName } from './key-type-name.ts';
import {
  type GenerationOptions,
  type KeyType,
  type KeyTypeName,
  keyTypeInfo,
  keyTypes,
} from './key-types.ts';

/** The parameters of Generate JWK for one key type. */
export interface GenerateOption {
  readonly label: string;
  readonly parameter: GenerationOptions['parameter'];
  /** What the API takes, in the order of the documentation. */
  readonly variants: readonly {
    readonly value: string;
    readonly label: string;
    /** What of such a key algorithms depend on: its curve, its bits, or its only algorithm. */
    readonly crv?: string;
    readonly bits?: number;
    readonly alg?: string;
  }[];
  /** The variant that a form begins with. */
  readonly preset: string;
}

export interface KeyTypeOption {
  readonly kty: KeyType;
  readonly name: KeyTypeName;
  /** Of the API: holds the key or its parameters. */
  readonly member: Lowercase<KeyType>;
  readonly isSymmetric: boolean;
  readonly generate: GenerateOption | null;
}

export const keyTypeOptions: readonly KeyTypeOption[] = keyTypes.map((kty) => ({
  kty,
  name: keyTypeName(kty),
  member: keyTypeMember(kty),
  isSymmetric: keyTypeInfo(kty).isSymmetric,
  generate: generateOption(kty),
}));

function generateOption(kty: KeyType): GenerateOption | null {
  const { generation } = keyTypeInfo(kty);
  if (generation === null) return null;
  const { label, parameter } = generation;
  switch (generation.parameter) {
    case 'keySize': {
      const variants = generation.values.map((bits) => ({
        value: String(bits),
        label: `${bits} bits`,
        bits,
      }));
      return { label, parameter, variants, preset: String(generation.preset) };
    }
    case 'curveType': {
      const variants = generation.values.map((crv) => ({ value: curveTypeName(crv), label: crv, crv }));
      return { label, parameter, variants, preset: curveTypeName(generation.preset) };
    }
    case 'algorithm': {
      const variants = generation.values.map((alg) => ({ value: alg, label: alg, alg }));
      return { label, parameter, variants, preset: generation.preset };
    }
    default:
      return generation satisfies never;
  }
}
