#!/usr/bin/env node
// Written so that an old Node can parse it: the real program is imported only after the check.
var version = process.versions.node.split(".").map(Number);
// How Python was told to start this Node, if it was.
var named = process.env._MLFLOW_AUTH_PYTHON && process.env.MLFLOW_AUTH_NODE;
var where = named ? `, which MLFLOW_AUTH_NODE names: ${named}` : "";
if (version[0] < 22 || (version[0] === 22 && version[1] < 19)) {
  console.error(`mlflow-auth needs Node 22.19 or newer; this is Node ${process.versions.node}${where}.`);
  process.exit(2);
}
import("../bundle/start.js");
