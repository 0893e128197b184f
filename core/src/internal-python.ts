/**
 * The part of `internal` by which the command learns in which Python environment it is installed: the first thing that it does. For the
 * packages of this repository alone: may change in any release.
 */
export {
  ownPythonEnvironment,
  type PythonEnvironment,
  takePythonEnvironment,
} from "./discovery/python-environment.js";
