// Names that look like algorithms of JOSE and are none: of COSE alone, of the pre-hash variants, of drafts.

/** RFC 9864 §2.1 and §4.2.1: COSE gives them names of their own where JOSE has these. */
const joseNames: Readonly<Record<string, string>> = Object.freeze({
  ESP256: 'ES256',
  ESP384: 'ES384',
  ESP512: 'ES512',
});

const families: readonly (readonly [RegExp, string])[] = [
  [/^ESB(256|320|384|512)$/, 'It is a name of COSE for a Brainpool curve, and JOSE has none of those'],
  [/^Hash-?ML-?DSA/i, 'The pre-hash variants (HashML-DSA) are no algorithms of JOSE (RFC 9964 §7.2)'],
  [/^Hash-?SLH-?DSA/i, 'The pre-hash variants (HashSLH-DSA) are no algorithms of JOSE'],
  [
    /^ML-?DSA-?(44|65|87)-?with/i,
    'The pre-hash variants (HashML-DSA) are no algorithms of JOSE (RFC 9964 §7.2)',
  ],
  [/^ML-?KEM/i, 'ML-KEM for JOSE is a draft, which is not supported'],
  [/^(id-)?ML-?DSA-?(44|65|87)-./i, 'Composite signatures are a draft, which is not supported'],
  [/^(SLH-?DSA|FN-?DSA)/i, 'It is an algorithm of a draft, which is not supported'],
  [
    /^(ML-?DSA-?[235]|CRYDI[235]|Dilithium[235])$/i,
    'It is a name of a draft before ML-DSA, whose keys and signatures differ',
  ],
];

/** A sentence for the middle of a message, with a space in front; empty where nothing is known of the name. */
export function algorithmHint(name: string): string {
  const joseName = Object.hasOwn(joseNames, name) ? joseNames[name] : undefined;
  if (joseName !== undefined) return ` ${joseName} is the JOSE name.`;
  const hint = families.find(([pattern]) => pattern.test(name))?.[1];
  return hint === undefined ? '' : ` ${hint}.`;
}
