/**
 * Never runs twice at once: any number of calls during a run cause one more run after it.
 * So a run always began after the last call.
 */
export function singleFlight(run: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let running = false;
  let again = false;
  const start = async () => {
    running = true;
    do {
      again = false;
      await run().catch(onError);
    } while (again);
    running = false;
  };
  return () => {
    if (running) again = true;
    else void start();
  };
}
