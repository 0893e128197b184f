/**
 * The token in a text: the text itself, or a field of its JSON where one of these has it.
 *
 * | who | token | end |
 * | --- | --- | --- |
 * | `az account get-access-token` | `accessToken` | `expires_on` in seconds; before 2.54 `expiresOn` alone, in local time |
 * | kubectl's credential plugins (`ExecCredential`) | `status.token` | `status.expirationTimestamp` |
 * | OAuth 2.0 token endpoints (RFC 6749, 5.1) | `access_token`, else `id_token` | `expires_in`, in seconds |
 * | a `credential_process` of one's own | `Token` | `Expiration` |
 * | `gcloud config config-helper`, with the option `field` | any | `token_expiry` beside it |
 */
import type { MlflowAuthError, PluginContext } from "@mlflow-auth/core/plugin";

/** What an answer holds. */
export interface Answer {
  readonly token: string;
  /** Milliseconds since the Unix epoch; undefined where it does not say. */
  readonly expiresAt?: number | undefined;
}

/** What an answer is read with. */
export interface AnswerOptions {
  /** As one would call it at the start of a sentence: `the token of the command az`. */
  readonly name: string;
  /** The field that the user named. */
  readonly field?: string | undefined;
  /** When the answer came, in milliseconds since the Unix epoch: `expires_in` counts from here. */
  readonly now: number;
  readonly context: PluginContext;
}

type Fields = Readonly<Record<string, unknown>>;

const TOKENS = ["token", "Token", "accessToken", "access_token", "idToken", "id_token"];
/** Dates, or seconds since the Unix epoch; the more exact of two that stand together first. */
const ENDS = [
  "expires_on",
  "expirationTimestamp",
  "Expiration",
  "expiration",
  "expiresAt",
  "expires_at",
  "expiresOn",
  "token_expiry",
  "expiry",
];
const LIFETIMES = ["expires_in", "expiresIn"];

/** @throws MlflowAuthError `SECRET_FORMAT`; it quotes nothing of the text, and no name of a field that the user did not write */
export function readAnswer(text: string, options: AnswerOptions): Answer {
  const trimmed = text.trim();
  const { name, field, context } = options;
  if (!/^[{["]/.test(trimmed)) {
    if (field !== undefined) throw refused(context, `${name} is not JSON, and field names one`, "leave field out");
    if (/[\r\n]/.test(trimmed)) {
      const remedy = "have it be the token alone, on one line, or JSON";
      throw refused(context, `${name} has several lines`, remedy);
    }
    return { token: trimmed };
  }
  const value = parsed(trimmed, options);
  // As `az … --query accessToken` prints it.
  if (typeof value === "string" && field === undefined) return { token: value };
  const holder = fieldsOf(value);
  if (holder === undefined) throw refused(context, `${name} is JSON, and not an object`, FORMS);
  return field === undefined ? ofKnown(holder, options) : ofNamed(holder, field, options);
}

const FORMS = "have it be the token alone, or JSON with `token` or `access_token`, or name its field in `field`";

function ofKnown(holder: Fields, options: AnswerOptions): Answer {
  const { name, context } = options;
  const fields = fieldsOf(holder["status"]) ?? holder;
  const key = TOKENS.find((one) => fields[one] !== undefined && fields[one] !== null);
  if (key !== undefined) return answerOf(fields[key], fields, options);
  if (fields["SecretAccessKey"] !== undefined) {
    const remedy = "use the plugin sigv4, which takes them by the AWS profile that names this command";
    throw refused(context, `${name} is a pair of AWS keys, which sign requests and are never sent`, remedy);
  }
  if (fields["clientKeyData"] !== undefined) {
    const remedy = "name the certificate and its key in tls.cert and tls.key of the server";
    throw refused(context, `${name} is a client certificate, which no header carries`, remedy);
  }
  throw refused(context, `${name} is JSON without a token`, FORMS);
}

function ofNamed(holder: Fields, field: string, options: AnswerOptions): Answer {
  const path = field.split(".");
  const last = path.pop() as string;
  const inner = path.reduce<Fields | undefined>((at, step) => fieldsOf(at?.[step]), holder);
  if (inner?.[last] === undefined) {
    throw refused(options.context, `${options.name} has no field ${field}`, "correct field, or leave it out");
  }
  return answerOf(inner[last], inner, options);
}

function answerOf(token: unknown, beside: Fields, options: AnswerOptions): Answer {
  const { name, context, now } = options;
  if (typeof token !== "string") throw refused(context, `${name} is not a text`, FORMS);
  const lifetime = LIFETIMES.map((key) => numberOf(beside[key])).find((seconds) => seconds !== undefined);
  const key = ENDS.find((one) => beside[one] !== undefined && beside[one] !== null && beside[one] !== "");
  if (key === undefined) return { token, expiresAt: lifetime === undefined ? undefined : now + lifetime * 1000 };
  const expiresAt = timeOf(beside[key]);
  if (expiresAt !== undefined) return { token, expiresAt };
  // Without it a token would be used for longer than it is good.
  const remedy = "have it be a date with its zone, such as 2030-01-31T12:00:00Z, or seconds since 1970";
  throw refused(context, `${name} has an end in ${key} that is no date`, remedy);
}

/** As milliseconds it is March 1973; as seconds it is beyond the year 5000. */
const SECONDS_BELOW = 100_000_000_000;

/** A date without a zone is one of this machine's, as `az` before 2.54 prints it. */
function timeOf(value: unknown): number | undefined {
  const number = numberOf(value);
  if (number !== undefined) return number < SECONDS_BELOW ? number * 1000 : number;
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "string" && /^\d{1,15}$/.test(value)) return Number(value);
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function parsed(text: string, { name, context }: AnswerOptions): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // V8's message quotes the text.
    throw refused(context, `${name} begins like JSON and is not JSON`, FORMS);
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? Object.assign(Object.create(null), value) : undefined;
}

function refused(context: PluginContext, message: string, remedy: string): MlflowAuthError {
  return context.error("SECRET_FORMAT", message, { remedy });
}
