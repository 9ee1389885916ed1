// The one table of key types: a row for each kty. Shape, soundness, public part, thumbprint, DER, facts, filters and
// the enumerations of the API, command line and console come from it. A new key type is a row here and the file of its
// soundness check; what else a key type needs is a compile error until the row has it.
// Sources: RFC 7518 §6, RFC 8037 §2, RFC 9964 §3, RFC 7638 §3.2.

import { akpForm } from './der/akp-form.ts';
import type { DerForm } from './der/der-form.ts';
import { ecForm } from './der/ec-form.ts';
import { okpForm } from './der/okp-form.ts';
import { rsaForm } from './der/rsa-form.ts';
import { curveTypeName, keyTypeName } from './key-type-name.ts';
import { ecCurves } from './soundness/ec-curves.ts';
import type { CurveTable } from './soundness/key-curve.ts';
import { completeCrtMembers, type RsaMembers } from './soundness/rsa-halves.ts';
import {
  type AkpMembers,
  checkAkpSoundness,
  isOfParameterSet,
  longestAkpMember,
} from './soundness/soundness-akp.ts';
import { checkEc, checkEcSoundness, type EcMembers } from './soundness/soundness-ec.ts';
import { checkOct, type OctMembers, octSize } from './soundness/soundness-oct.ts';
import { checkOkp, checkOkpSoundness, type OkpMembers, okpCurves } from './soundness/soundness-okp.ts';
import { checkRsa, checkRsaSizes, rsaSize } from './soundness/soundness-rsa.ts';

/** How a member is written, and whether it may be published. */
export interface KeyMember {
  readonly isPrivate: boolean;
  /** base64url of octets, base64url of an integer in the fewest octets (Base64urlUInt), or the name of a curve. */
  readonly form: 'octets' | 'integer' | 'curve';
}

/** Families of `key_ops`: sign and verify; encrypt, decrypt, wrapKey and unwrapKey; deriveKey and deriveBits. */
export type OperationFamily = 'signing' | 'encrypting' | 'deriving';

/**
 * What Generate JWK takes: bits, curves out of the table of curves, or algorithms where a key is of one alone; in the order
 * of the documentation.
 */
export type GenerationOptions = {
  /** What the console calls it. */
  readonly label: string;
} & (
  | { readonly parameter: 'keySize'; readonly values: readonly number[]; readonly preset: number }
  | { readonly parameter: 'curveType'; readonly values: readonly string[]; readonly preset: string }
  | { readonly parameter: 'algorithm'; readonly values: readonly string[]; readonly preset: string }
);

interface KeyTypeRow<Members extends object> {
  /** Of the key itself, in the order in which an import reads them. */
  readonly members: { readonly [Name in keyof Members]-?: KeyMember };
  readonly required: readonly (keyof Members | 'alg')[];
  /** RFC 7638 §3.2: the required members in lexical order. */
  readonly thumbprint: readonly (keyof Members | 'alg' | 'kty')[];
  /** Members that mark a key which is not supported, each with the reason. */
  readonly refusedMembers?: Readonly<Record<string, string>>;
  /** Characters of a member, where a sound key may have more than `longestText` of `base64url.ts`. */
  readonly longestMember?: number;
  readonly curves: {
    readonly table: CurveTable;
    readonly source: string;
    /** Names of curves that people write in place of the registered ones, each with the remedy. */
    readonly misnomers?: Readonly<Record<string, string>>;
  } | null;
  /** In SPKI and PKCS#8; null for key types that have no such form, and so no PEM. */
  readonly der: DerForm | null;
  readonly operations: readonly OperationFamily[];
  /**
   * Whether the JWK Sets of projects and environments hold such keys by default. Some verifiers reject a whole set for one
   * key of a type that they do not know.
   */
  readonly inSetsByDefault: boolean;
  /** Null where the manager does not generate such keys; otherwise `generate-key.ts` does. */
  readonly generation: GenerationOptions | null;
  /** Bits of a key without a curve: of its modulus, of its secret. Without it, the algorithm says how large a key is. */
  sizeOf?(jwk: Members): number;
  /** What costs next to nothing, before any other arithmetic. @throws KeyplaneError bad_request */
  checkSizes?(jwk: Members): void;
  /** Whether a JWK Set offers it, for key types of which an import takes some parameter sets alone; absent for all others. */
  isSelectable?(jwk: Members): boolean;
  /** Gives a private key the members that follow from the others. @throws KeyplaneError bad_request */
  completeMembers?<Jwk extends Members>(jwk: Jwk): Jwk;
  /** Whether the public key of a certificate is a point of its curve. @throws KeyplaneError bad_request */
  checkPoint?(jwk: Members): void;
  /** @throws KeyplaneError bad_request with the reason */
  checkSoundness(jwk: Members): void | Promise<void>;
}

const curveName = Object.freeze({ isPrivate: false, form: 'curve' } as const);
const publicInteger = Object.freeze({ isPrivate: false, form: 'integer' } as const);
const privateInteger = Object.freeze({ isPrivate: true, form: 'integer' } as const);
const publicOctets = Object.freeze({ isPrivate: false, form: 'octets' } as const);
const privateOctets = Object.freeze({ isPrivate: true, form: 'octets' } as const);

const table = {
  RSA: {
    members: {
      n: publicInteger,
      e: publicInteger,
      d: privateInteger,
      p: privateInteger,
      q: privateInteger,
      dp: privateInteger,
      dq: privateInteger,
      qi: privateInteger,
    },
    required: ['n', 'e'],
    thumbprint: ['e', 'kty', 'n'],
    // RFC 7518 §6.3.2.7: a reader that does not do multi-prime keys must refuse them.
    refusedMembers: { oth: 'RSA keys of more than two primes (oth) are not supported' },
    curves: null,
    der: rsaForm,
    operations: ['signing', 'encrypting'],
    inSetsByDefault: true,
    generation: { label: 'RSA', parameter: 'keySize', values: [2048, 3072, 4096], preset: 3072 },
    sizeOf: rsaSize,
    checkSizes: checkRsaSizes,
    completeMembers: completeCrtMembers,
    checkSoundness: checkRsa,
  } as const satisfies KeyTypeRow<RsaMembers>,
  EC: {
    members: { crv: curveName, x: publicOctets, y: publicOctets, d: privateOctets },
    required: ['crv', 'x', 'y'],
    thumbprint: ['crv', 'kty', 'x', 'y'],
    curves: {
      table: ecCurves,
      source: 'RFC 7518 §6.2.1.1',
      misnomers: { 'P-256K': 'The registered name of this curve is secp256k1 (RFC 8812 §3.1).' },
    },
    der: ecForm,
    operations: ['signing', 'deriving'],
    inSetsByDefault: true,
    generation: {
      label: 'EC',
      parameter: 'curveType',
      values: ['P-256', 'P-384', 'P-521', 'secp256k1'],
      preset: 'P-256',
    },
    checkPoint: checkEc,
    checkSoundness: checkEcSoundness,
  } as const satisfies KeyTypeRow<EcMembers>,
  oct: {
    members: { k: privateOctets },
    required: ['k'],
    thumbprint: ['k', 'kty'],
    curves: null,
    der: null,
    operations: ['signing', 'encrypting', 'deriving'],
    inSetsByDefault: false,
    generation: {
      label: 'OCT (secret)',
      parameter: 'keySize',
      values: [128, 192, 256, 384, 512],
      preset: 256,
    },
    sizeOf: octSize,
    checkSoundness: checkOct,
  } as const satisfies KeyTypeRow<OctMembers>,
  OKP: {
    members: { crv: curveName, x: publicOctets, d: privateOctets },
    required: ['crv', 'x'],
    thumbprint: ['crv', 'kty', 'x'],
    curves: { table: okpCurves, source: 'RFC 8037 §2' },
    der: okpForm,
    operations: ['signing', 'deriving'],
    inSetsByDefault: true,
    generation: {
      label: 'OKP (Edwards curves)',
      parameter: 'curveType',
      values: ['Ed25519', 'X25519', 'Ed448', 'X448'],
      preset: 'Ed25519',
    },
    checkPoint: checkOkp,
    checkSoundness: checkOkpSoundness,
  } as const satisfies KeyTypeRow<OkpMembers>,
  AKP: {
    members: { pub: publicOctets, priv: privateOctets },
    required: ['alg', 'pub'],
    thumbprint: ['alg', 'kty', 'pub'],
    longestMember: longestAkpMember,
    curves: null,
    der: akpForm,
    operations: ['signing'],
    inSetsByDefault: false,
    generation: {
      label: 'AKP (ML-DSA, post-quantum)',
      parameter: 'algorithm',
      values: ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'],
      preset: 'ML-DSA-65',
    },
    isSelectable: isOfParameterSet,
    checkSoundness: checkAkpSoundness,
  } as const satisfies KeyTypeRow<AkpMembers>,
};

type Table = typeof table;
export type KeyType = keyof Table;
export type KeyTypeName = Uppercase<KeyType>;

type MemberRows<Kty extends KeyType> = Table[Kty]['members'];
type PrivateNames<Kty extends KeyType> = {
  [Name in keyof MemberRows<Kty>]: MemberRows<Kty>[Name] extends { readonly isPrivate: true } ? Name : never;
}[keyof MemberRows<Kty>];

/** kty and the members of the key itself, private ones too. */
export type KeyMembersOf<Kty extends KeyType> = { readonly kty: Kty } & Parameters<
  Table[Kty]['checkSoundness']
>[0];
/** Names of private members of any key type. */
export type PrivateMemberName = { [Kty in KeyType]: PrivateNames<Kty> }[KeyType];
/** Key types that have a public half. */
export type AsymmetricKeyType = {
  [Kty in KeyType]: Exclude<keyof MemberRows<Kty>, PrivateNames<Kty>> extends never ? never : Kty;
}[KeyType];
/** Key types that the manager generates keys of. */
export type GeneratedKeyType = {
  [Kty in KeyType]: Table[Kty]['generation'] extends null ? never : Kty;
}[KeyType];
/** The same, as the API names them. */
export type GeneratedTypeName = Uppercase<GeneratedKeyType>;
/** Bits, curves or algorithms of generated keys. */
export type GeneratedValue<Kty extends GeneratedKeyType> = NonNullable<
  Table[Kty]['generation']
>['values'][number];
/** The same without private members. */
export type PublicMembersOf<Kty extends KeyType> = Omit<KeyMembersOf<Kty>, PrivateNames<Kty>>;

/** A row as code for any key type reads it. */
export interface KeyTypeInfo
  extends Omit<KeyTypeRow<object>, 'members' | 'required' | 'thumbprint' | 'completeMembers'> {
  readonly name: KeyTypeName;
  readonly members: Readonly<Record<string, KeyMember>>;
  readonly required: readonly string[];
  readonly thumbprint: readonly string[];
  readonly publicMembers: readonly string[];
  readonly privateMembers: readonly string[];
  /** All its members are secret: it has no public half. */
  readonly isSymmetric: boolean;
  completeMembers?(jwk: object): object;
}

function infoOf(kty: KeyType): KeyTypeInfo {
  const row: Omit<KeyTypeInfo, 'name' | 'publicMembers' | 'privateMembers' | 'isSymmetric'> = table[kty];
  const members = Object.entries(row.members);
  const namesOf = (isPrivate: boolean) =>
    Object.freeze(members.filter(([, member]) => member.isPrivate === isPrivate).map(([name]) => name));
  const [publicMembers, privateMembers] = [namesOf(false), namesOf(true)];
  const isSymmetric = publicMembers.length === 0;
  return Object.freeze({ ...row, name: keyTypeName(kty), publicMembers, privateMembers, isSymmetric });
}

const registered = Object.keys(table) as KeyType[];
const infos = Object.freeze(
  Object.fromEntries(registered.map((kty) => [kty, infoOf(kty)])) as Record<KeyType, KeyTypeInfo>,
);

/** As messages list them: those with a public half first. */
export const keyTypes: readonly KeyType[] = Object.freeze(
  registered.toSorted((a, b) => Number(infos[a].isSymmetric) - Number(infos[b].isSymmetric)),
);
/** As the API names and lists them: in the order of the table. */
export const keyTypeNames: readonly KeyTypeName[] = Object.freeze(registered.map(keyTypeName));
/** Those of them with a public half, which JWK Sets can hold; their names are the same as their kty. */
export const publicKeyTypeNames: readonly KeyTypeName[] = Object.freeze(
  registered.filter((kty) => !infos[kty].isSymmetric).map(keyTypeName),
);
/** Those of them that the manager generates keys of. */
export const generatedKeyTypes: readonly GeneratedKeyType[] = Object.freeze(
  registered.filter((kty): kty is GeneratedKeyType => infos[kty].generation !== null),
);
/** Those in the JWK Sets of projects and of environments where the project names none. */
export const defaultPublishedKeyTypes: readonly KeyType[] = Object.freeze(
  registered.filter((kty) => infos[kty].inSetsByDefault),
);
/** Of all key types: names of members that are never shown. */
export const privateMemberNames: ReadonlySet<string> = new Set(
  registered.flatMap((kty) => infos[kty].privateMembers),
);

export function isKeyType(value: unknown): value is KeyType {
  return typeof value === 'string' && Object.hasOwn(table, value);
}

export function keyTypeInfo(kty: KeyType): KeyTypeInfo {
  return infos[kty];
}

/** Bits, curves or algorithms that Generate JWK takes, as it spells them. */
export function generationValues({ parameter, values }: GenerationOptions): readonly (number | string)[] {
  return parameter === 'curveType' ? values.map(curveTypeName) : values;
}

export function isSymmetric(jwk: { readonly kty: KeyType }): boolean {
  return infos[jwk.kty].isSymmetric;
}

export function hasPrivatePart(jwk: { readonly kty: KeyType }): boolean {
  return infos[jwk.kty].privateMembers.some((name) => Reflect.get(jwk, name) !== undefined);
}
