/** What the node writes about itself; pino's loggers have this shape. */
export interface NodeLog {
  info(facts: Record<string, unknown>, text: string): void;
  warn(facts: Record<string, unknown>, text: string): void;
  error(facts: Record<string, unknown>, text: string): void;
}
