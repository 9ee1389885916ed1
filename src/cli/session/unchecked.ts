/**
 * What a person gave, as a type of the API: a member may be missing and a value may be wrong, and the manager says so in words
 * of its own. Nothing is checked here.
 */
export function unchecked<Type>(given: unknown): Type {
  return given as Type;
}
