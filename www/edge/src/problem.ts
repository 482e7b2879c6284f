/**
 * What goes wrong, as the client sees it: an HTTP status and `{ error: { code, message, advice } }` with a stable code,
 * that of the package where it has one.
 */

import { type ErrorCode, SemgradError } from "semgrad/edge";

/** Codes of the service itself, beside those of the package. */
export const SERVICE_CODES = {
  unauthorized: 401,
  not_found: 404,
  method_not_allowed: 405,
  too_large: 413,
  no_model: 501,
  busy: 503,
  timed_out: 504,
} as const;

/** The package's codes. 499 is nginx's: nobody is there to read it, but the log says so. */
const PACKAGE_CODES: Record<ErrorCode, number> = {
  unsupported_format: 500,
  corrupt_weights: 500,
  unsupported_architecture: 500,
  missing_tokenizer: 422,
  bad_template: 500,
  context_exceeded: 400,
  out_of_memory: 503,
  device_lost: 503,
  no_webgpu: 500,
  self_test_failed: 500,
  engine_required: 422,
  not_calibrated: 422,
  network: 502,
  integrity_mismatch: 502,
  quota_exceeded: 507,
  aborted: 499,
  bad_input: 400,
  internal: 500,
};

type Code = ErrorCode | keyof typeof SERVICE_CODES;

/** An error with a status. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: Code;
  readonly advice: string;

  constructor(code: Code, message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.advice = advice;
    this.status = { ...PACKAGE_CODES, ...SERVICE_CODES }[code];
  }

  /** `type` is for clients that expect OpenAI's errors. */
  toJSON() {
    const type = this.status < 500 ? "invalid_request_error" : "server_error";
    return { code: this.code, type, message: this.message, advice: this.advice };
  }
}

/** The request is not acceptable. */
export function bad(message: string, advice: string): Problem {
  return new Problem("bad_input", message, advice);
}

/** Whatever was thrown. A signal's reason that is a problem wins: it says why the work was aborted. */
export function toProblem(thrown: unknown, signal?: AbortSignal): Problem {
  if (signal?.reason instanceof Problem) return signal.reason;
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof SemgradError) {
    return new Problem(thrown.code, thrown.message, thrown.advice, { cause: thrown });
  }
  // Its text may quote what the user sent, and belongs into no answer.
  return new Problem("internal", "the service failed", "Try again; if it stays, look into the log.", { cause: thrown });
}
