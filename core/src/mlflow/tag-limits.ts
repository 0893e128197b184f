/**
 * What MLflow takes as a run tag, from mlflow/utils/validation.py of MLflow 3.17: `_validate_tag_name`, MAX_ENTITY_KEY_LENGTH and
 * MAX_TAG_VAL_LENGTH. The server checks `runs/set-tag` and `runs/log-batch` so, but not `runs/create`: there a tag beyond the
 * limits becomes a 500 of the database, or a row that nothing can change any more.
 */

/** Bytes. The REST API promises 250 bytes with every store; the Python code counts characters. */
const LONGEST_KEY = 250;
/** Unicode code points, as Python counts; the width of the column `tags.value`. */
const LONGEST_VALUE = 8000;

/** Python's `\w` with `/`, `.`, `-`, space and colon. A server on Windows refuses the colon. */
const KEY = /^[/\p{L}\p{N}_.\- :]+$/u;

/** The tag and why MLflow would not take it, as in "gave …"; undefined if it would. A key that is refused is not quoted. */
export function tagFault(key: string, value: string): string | undefined {
  if (key === "") return "a run tag whose key is empty";
  if (Buffer.byteLength(key) > LONGEST_KEY) return `a run tag whose key is longer than ${LONGEST_KEY} bytes`;
  if (!KEY.test(key)) {
    return "a run tag whose key holds another character than letters, digits, slashes, underscores, dashes, periods, colons and spaces";
  }
  if (resolvesElsewhere(key)) return "a run tag whose key, read as a path, would resolve to another one";
  if (value.length > LONGEST_VALUE && [...value].length > LONGEST_VALUE) {
    return `the run tag ${key}, whose value is longer than ${LONGEST_VALUE} characters`;
  }
  if (!value.isWellFormed()) return `the run tag ${key}, whose value holds half of a surrogate pair`;
  return undefined;
}

/** `path_not_unique`: keys are file names in some stores, so they must be normal and lead nowhere else. */
function resolvesElsewhere(key: string): boolean {
  return key.startsWith("..") || key.split("/").some((part) => part === "" || part === "." || part === "..");
}
