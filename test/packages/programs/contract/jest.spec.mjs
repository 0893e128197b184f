import { test } from "@jest/globals";
import { cases } from "./cases.mjs";

for (const { name, run } of cases) test(name, run);
