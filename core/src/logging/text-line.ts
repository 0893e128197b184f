/** Labels as people read them. */
const labels: Record<string, string> = { warn: "warning" };

/** A line of pino's as a sentence for a terminal: `mlflow-auth: warning: … [CODE]`, with the other fields at debug. */
export function textLine(json: string): string {
  const { level, time: _time, name, msg, code, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const details =
    level === "debug" || level === "info" ? Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`) : [];
  const named = code === undefined || String(msg).startsWith(`${code}: `);
  const suffix = [...(named ? [] : [`[${code}]`]), ...details];
  return `${[`${name}: ${labels[String(level)] ?? level}: ${msg}`, ...suffix].join(" ")}\n`;
}

const shown = (value: unknown) => (Array.isArray(value) ? value.join(",") : String(value));
