/** MLflow's error codes that the stub answers with: their status, and the two newer names of the same. */
const codes = {
  BAD_REQUEST: { status: 400, sqlstate: "KAM00", errorClass: "INVALID_PARAMETER_VALUE" },
  INVALID_PARAMETER_VALUE: { status: 400, sqlstate: "KAM00", errorClass: "INVALID_PARAMETER_VALUE" },
  RESOURCE_ALREADY_EXISTS: { status: 400, sqlstate: "KAM00", errorClass: "RESOURCE_ALREADY_EXISTS" },
  RESOURCE_DOES_NOT_EXIST: { status: 404, sqlstate: "KAM00", errorClass: "RESOURCE_NOT_FOUND" },
  INTERNAL_ERROR: { status: 500, sqlstate: "XXM00", errorClass: "CLIENT_INTERNAL_ERROR" },
  INVALID_STATE: { status: 500, sqlstate: "XXM00", errorClass: "CLIENT_INTERNAL_ERROR" },
} as const;

export type MlflowErrorCode = keyof typeof codes;

/** A refusal as MLflow's REST API words it. */
export class MlflowError extends Error {
  readonly code: MlflowErrorCode;

  constructor(code: MlflowErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return codes[this.code].status;
  }

  toJSON(): Record<string, string> {
    const { sqlstate, errorClass } = codes[this.code];
    return { error_code: this.code, message: this.message, sqlstate, error_class: errorClass };
  }
}

export function invalid(message: string): MlflowError {
  return new MlflowError("INVALID_PARAMETER_VALUE", message);
}

export function notFound(message: string): MlflowError {
  return new MlflowError("RESOURCE_DOES_NOT_EXIST", message);
}
