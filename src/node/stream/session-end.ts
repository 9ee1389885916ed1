import { closeCodes } from '../../protocol/messages.ts';

/** Ends the connection. `slow`: trying again at once would end the same way. */
export class SessionEnd extends Error {
  override readonly name = 'SessionEnd';
  readonly closeCode: number;
  readonly slow: boolean;

  constructor(reason: string, { closeCode, slow }: { closeCode: number; slow: boolean }) {
    super(reason);
    this.closeCode = closeCode;
    this.slow = slow;
  }
}

export function wrongMessage(problem: string): SessionEnd {
  return new SessionEnd(`the manager sent what is no message of this protocol: ${problem}`, {
    closeCode: closeCodes.protocol,
    slow: false,
  });
}
