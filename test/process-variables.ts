/** Variables of this very process, for code of others that looks into `process.env` by itself. */

/** `undefined` for a variable that is not to be there. */
export type ProcessVariables = Readonly<Record<string, string | undefined>>;

/** Sets them, and gives back what undoes it. */
export function setVariables(variables: ProcessVariables): () => void {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  assign(variables);
  return () => assign(before);
}

/** They are set for as long as `act` goes on. */
export async function withVariables<T>(variables: ProcessVariables, act: () => Promise<T>): Promise<T> {
  const restore = setVariables(variables);
  try {
    return await act();
  } finally {
    restore();
  }
}

function assign(variables: ProcessVariables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
