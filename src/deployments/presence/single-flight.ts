/**
 * Never two runs at once; to ask while one is under way makes one more follow it, however often it is asked for.
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
