/** Where the command starts: what it loads from here on is compiled once and not at every start. */
import { enableCompileCache } from "node:module";
import { compileCacheFolder } from "./compile-cache-folder.js";

const folder = compileCacheFolder(process.env);
// With NODE_COMPILE_CACHE or NODE_DISABLE_COMPILE_CACHE in the environment, Node does what that says.
if (folder !== undefined) enableCompileCache(folder);
// No command that anybody types: a Python program starts it, and says so in `sharedVariable` of given.ts, which takes its time to load.
const isShared = process.argv[2] === "serve-processes" && process.env["_MLFLOW_AUTH_SHARED"] !== undefined;
await (isShared ? import("./shared-proxy/main.js") : import("./main.js"));
