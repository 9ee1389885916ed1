/** Input of a user as a type of the API, unchecked: the manager rejects missing members and wrong values. */
export function unchecked<Type>(given: unknown): Type {
  return given as Type;
}
