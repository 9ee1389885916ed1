import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';

export type ChangeMutation<Answer, Input> = UseMutationResult<Answer, Error, Input>;

/** A change at the server. Afterwards every query is fetched again, because a change shows in many places. */
export function useChange<Answer, Input = void>(
  send: (input: Input) => Promise<Answer>,
  onDone: (answer: Answer, input: Input) => void = () => {},
): ChangeMutation<Answer, Input> {
  const queries = useQueryClient();
  return useMutation<Answer, Error, Input>({
    mutationFn: send,
    onSuccess: (answer, input) => {
      onDone(answer, input);
      void queries.invalidateQueries();
    },
  });
}
