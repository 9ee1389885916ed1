// The library of the specification, where it is installed: an independent reader of what is sent.

interface StandardWebhooks {
  readonly Webhook: new (
    secret: string,
  ) => { verify(body: string, headers: Readonly<Record<string, string>>): unknown };
}

const packageName: string = 'standardwebhooks';

/** Undefined where it is not installed; tests that need it are then skipped. */
export const standardWebhooks: StandardWebhooks | undefined = await import(packageName).catch(
  () => undefined,
);
