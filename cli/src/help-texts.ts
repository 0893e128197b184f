/** What stands in the help beside what commander makes of commands and options. */

/** What the help of a command closes with. */
export function example(...lines: string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}

/** What `doctor` looks at, and what it ends with. */
export const doctorLinks = `
The links of the chain:
  file            one is found, and it is valid
  plugins         those that it enables are installed and can be loaded
  secret backend  answers
  login           is accepted there
  secret          may be read, and makes a credential
  headers         of the plugins that add any
  run tags        of the plugins that give any
  host name       has an address
  connection      comes about: TLS, the certificate, a proxy of the environment
  health          MLflow's /health and /version, asked without a credential
  request         a search for one experiment is answered (it changes nothing)
  clock           this machine's, beside the server's and the backend's

Exit codes:
  0  all is well
  1  the server answers, and refuses the request
  2  used wrongly
  3  the file or a plugin can't be used
  4  the secret backend or the server fails, or can't be reached`;

/** How the commands are put together in the help: those that a newcomer meets first come first. */
const groups: Readonly<Record<string, readonly string[]>> = {
  "Set up:": ["init", "validate", "plugins", "schema"],
  "See what happens:": ["doctor", "headers", "tags"],
  "Use:": ["exec", "proxy"],
};
/** Where a command stands that is in none of them. */
export const otherCommands = "Others:";

/** The heading under which the help lists a command. */
export function groupOf(name: string): string {
  return Object.keys(groups).find((group) => groups[group]?.includes(name)) ?? otherCommands;
}
