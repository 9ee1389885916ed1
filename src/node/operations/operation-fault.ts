import type { ErrorReason } from '../../error-reasons.ts';
import type { ErrorCode } from '../../errors.ts';

/** An error response. */
export interface OperationFault {
  readonly status: number;
  readonly code: ErrorCode | 'method_not_allowed';
  readonly text: string;
  readonly reason: ErrorReason;
  readonly member?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly headers?: readonly string[];
  /** The connection ends with the response. */
  readonly closes?: boolean;
}
