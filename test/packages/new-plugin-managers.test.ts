/** A new plugin with the other package managers: the same package, as it is made, for all of them. */
import { suite } from "@mlflow-auth/test/suite";
import { installProject, managers } from "./managers.ts";
import { makePlugin, type NewPlugin, newPlugins, usePlugin } from "./new-plugin.ts";
import { registryMissing } from "./registry.ts";
import { type Published, packAll } from "./tarballs.ts";

const plugin = newPlugins[0] as NewPlugin;
const test = suite("new plugins with pnpm and yarn", { missing: await registryMissing(), timeout: 240 });

let packages: Promise<readonly Published[]> | undefined;

// Its own file says how Yarn lays out what it installs.
for (const manager of managers.filter(({ name, modules }) => name !== "npm" && modules !== undefined)) {
  test(`${manager.name}: it installs, passes its tests and its check, packs, and works in an empty project`, async () => {
    const made = await makePlugin(plugin, manager);
    packages ??= packAll();
    const project = await installProject(manager, [...(await packages), made], [made.name]);
    await usePlugin(plugin, project, manager);
  });
}

test.run();
