/** How the API, the command line and messages spell a key type: OCT for `oct`. */
export function keyTypeName<Kty extends string>(kty: Kty): Uppercase<Kty> {
  return kty.toUpperCase() as Uppercase<Kty>;
}

/** The member of the API that holds the key or its parameters. */
export function keyTypeMember<Kty extends string>(kty: Kty): Lowercase<Kty> {
  return kty.toLowerCase() as Lowercase<Kty>;
}

/** How Generate JWK spells a curve: P256, ED25519. */
export function curveTypeName(crv: string): string {
  return crv.toUpperCase().replace('-', '');
}
