/** The entries of `plugins` before anything is known of the plugins themselves. */
import type { Interpolated } from "./interpolate.js";
import { pointerTo, stepsOf } from "./problems.js";
import type { Data, DataObject } from "./read.js";
import { isObject } from "./schema-walk.js";

/** Options of core's own that every instance takes; the rest belongs to the plugin. */
export const instanceOptions: readonly string[] = ["plugin", "package", "enabled", "optional", "timeout"];

/** What was read, without the content of instances that are not enabled: that is not judged. */
export function leaveOutDisabled(interpolated: Interpolated): Interpolated & { disabled: ReadonlySet<string> } {
  const disabled = disabledInstances(interpolated);
  if (disabled.size === 0) return { ...interpolated, disabled };
  const plugins: DataObject = Object.create(null);
  for (const [name, instance] of Object.entries(instancesOf(interpolated.data))) {
    plugins[name] = disabled.has(name) ? Object.create(null) : instance;
  }
  const isJudged = (pointer: string) => {
    const [first, name] = stepsOf(pointer);
    return first !== "plugins" || name === undefined || !disabled.has(name);
  };
  return {
    data: Object.assign(Object.create(null), interpolated.data, { plugins }),
    interpolations: new Map([...interpolated.interpolations].filter(([pointer]) => isJudged(pointer))),
    findings: interpolated.findings.filter(({ pointer }) => isJudged(pointer)),
    disabled,
  };
}

/** Those with `enabled: false`, also where a variable says so. */
function disabledInstances({ data, interpolations }: Interpolated): Set<string> {
  const disabled = new Set<string>();
  for (const [name, instance] of Object.entries(instancesOf(data))) {
    if (!isObject(instance)) continue;
    const { enabled } = instance;
    const filled = interpolations.get(pointerTo("/plugins", name, "enabled"))?.whole === true;
    if (enabled === false || (filled && String(enabled).trim().toLowerCase() === "false")) disabled.add(name);
  }
  return disabled;
}

/** Whether a place belongs to a plugin's own options. */
export function isPluginOption(pointer: string): boolean {
  const [first, , option] = stepsOf(pointer);
  return first === "plugins" && option !== undefined && !instanceOptions.includes(option);
}

function instancesOf(data: Data): DataObject {
  const plugins = isObject(data) ? data["plugins"] : undefined;
  return isObject(plugins) ? (plugins as DataObject) : {};
}
