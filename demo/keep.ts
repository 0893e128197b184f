import * as print from "./print.ts";
import type { Scene } from "./story.ts";

/** Prints how to go on by hand, for --keep: where everything runs, and commands to try. */
export function invite({ project, addresses, variables, training, pip }: Scene): void {
  const search = "api/2.0/mlflow/experiments/search?max_results=5";
  print.step("Everything keeps running: try it in another terminal");
  const width = Math.max(...Object.keys(addresses).map(({ length }) => length));
  for (const [name, address] of Object.entries(addresses)) print.say(`${name.padEnd(width)}  ${address}`);
  print.line();
  print.say(`env.sh sets ${variables.join(", ")} and the PATH:`);
  print.command(`cd ${project.folder}`);
  print.command(". ./env.sh");
  print.line();
  print.say("Refused, and let through:");
  print.command(`curl -i "$MLFLOW_TRACKING_URI/${search}"`);
  print.command(`mlflow-auth exec -- sh -c 'curl "$MLFLOW_TRACKING_URI/${search}"'`);
  print.line();
  print.command(`mlflow-auth exec -- ${training}`);
  print.command("node --import @mlflow-auth/core/register track.mjs");
  if (pip) print.command("MLFLOW_TRACKING_AUTH=mlflow-auth python tune.py");
  print.command('mlflow-auth headers "$MLFLOW_TRACKING_URI"');
  print.command("mlflow-auth proxy --port 5055");
  print.line();
  print.say("Ctrl-C ends it, and removes everything.");
}
