/**
 * `npm run bench:beside`: mlflow-auth by pip beside mlflow-secrets-auth on the same servers, as the table of
 * docs/guides/from-mlflow-secrets-auth.md.
 */
import { missing } from "@mlflow-auth/test/servers/tools";
import { contenders } from "./beside/contenders.ts";
import { preparePlace } from "./beside/place.ts";
import { children, firstRequests, furtherRequests, whenTheTokenRotates, whenVaultIsDown } from "./beside/rows.ts";
import { installedSizes } from "./beside/size.ts";

const lacking = await missing("mlflow", "vault", "nginx", "secrets-auth");
if (lacking !== undefined) {
  console.error(lacking);
  process.exit(1);
}
const place = await preparePlace();
try {
  const three = await contenders(place);
  console.log("| | mlflow-secrets-auth | mlflow-auth by pip |\n| --- | --- | --- |");
  for (const row of [
    () => installedSizes(place.python),
    () => firstRequests(three),
    () => furtherRequests(three),
    () => whenVaultIsDown(three, place),
    () => whenTheTokenRotates(three, place),
    () => children(three, place, "fork"),
    () => children(three, place, "spawn"),
  ]) {
    const { what, old, own } = await row();
    console.log(`| ${what} | ${old} | ${own} |`);
  }
} finally {
  await place.stop();
}
