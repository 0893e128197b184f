/** The codes of mlflow/exceptions.py that the stub answers with: the HTTP status, and the two newer names of the same error. */
const codes = {
  BAD_REQUEST: { status: 400, sqlstate: "KAM00", errorClass: "INVALID_PARAMETER_VALUE" },
  INVALID_PARAMETER_VALUE: { status: 400, sqlstate: "KAM00", errorClass: "INVALID_PARAMETER_VALUE" },
  RESOURCE_ALREADY_EXISTS: { status: 400, sqlstate: "KAM00", errorClass: "RESOURCE_ALREADY_EXISTS" },
  RESOURCE_DOES_NOT_EXIST: { status: 404, sqlstate: "KAM00", errorClass: "RESOURCE_NOT_FOUND" },
  INTERNAL_ERROR: { status: 500, sqlstate: "XXM00", errorClass: "CLIENT_INTERNAL_ERROR" },
  INVALID_STATE: { status: 500, sqlstate: "XXM00", errorClass: "CLIENT_INTERNAL_ERROR" },
} as const;

/** The `error_code` of an answer, by which MLflow's clients tell errors apart. */
export type MlflowErrorCode = keyof typeof codes;

/** An error that is answered as MLflow's REST API words it: in JSON, with a code. The message is for the client to read. */
export class MlflowError extends Error {
  readonly code: MlflowErrorCode;

  constructor(code: MlflowErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  /** The HTTP status that goes with the code. */
  get status(): number {
    return codes[this.code].status;
  }

  /** The body of the answer. */
  toJSON(): Record<string, string> {
    const { sqlstate, errorClass } = codes[this.code];
    return { error_code: this.code, message: this.message, sqlstate, error_class: errorClass };
  }
}

/** `INVALID_PARAMETER_VALUE`, status 400. It is returned, for the caller to throw. */
export function invalid(message: string): MlflowError {
  return new MlflowError("INVALID_PARAMETER_VALUE", message);
}

/** `RESOURCE_DOES_NOT_EXIST`, status 404. It is returned, for the caller to throw. */
export function notFound(message: string): MlflowError {
  return new MlflowError("RESOURCE_DOES_NOT_EXIST", message);
}
