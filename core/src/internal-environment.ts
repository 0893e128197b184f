/** The part of `internal` for what makes a file of the environment, or stands in its place: loaded by `init` alone. May change in any release. */
export { allowedHostsVariable, allowsHost } from "./without-file/allowed-hosts.js";
export { authenticating, chosenPlugins } from "./without-file/chosen-plugins.js";
export {
  type Draft,
  type DraftInstance,
  emptyInstance,
  fromVariable,
  isGiven,
  openFields,
  setAt,
  toData,
} from "./without-file/draft.js";
export { instancesOf, warningsOf } from "./without-file/environment-config.js";
export { type Field, OptionForm, typesOf } from "./without-file/option-form.js";
export { isYes, readSwitches, type Switched, type SwitchedPlugin } from "./without-file/switches.js";
export { takeOver } from "./without-file/take-over.js";
export { insecureVariable, withAddress } from "./without-file/tracking-server.js";
