/** What package.json declares, and that to import the package does nothing by itself. */
import { test } from "node:test";
import { packageContract } from "@mlflow-auth/core/testing";

for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);
