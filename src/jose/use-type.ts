// The use of a key: `use` of a JWK (RFC 7517 §4.2), and its name in the API.

export const useTypes = Object.freeze(['SIGNATURE', 'ENCRYPTION'] as const);
export type UseType = (typeof useTypes)[number];

export function useTypeToUse(useType: UseType): 'sig' | 'enc' {
  return useType === 'SIGNATURE' ? 'sig' : 'enc';
}

export function useToUseType(use: 'sig' | 'enc'): UseType {
  return use === 'sig' ? 'SIGNATURE' : 'ENCRYPTION';
}
