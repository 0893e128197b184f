#!/usr/bin/env node
// Written so that an old Node can parse it: the real program is imported only after the check.
var version = process.versions.node.split(".").map(Number);
if (version[0] < 22 || (version[0] === 22 && version[1] < 19)) {
  console.error(`mlflow-auth needs Node 22.19 or newer; this is Node ${process.versions.node}.`);
  process.exit(2);
}
import("../bundle/start.js");
