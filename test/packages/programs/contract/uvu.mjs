import { suite } from "uvu";
import { cases } from "./cases.mjs";

const contract = suite("contract");
for (const { name, run } of cases) contract(name, run);
contract.run();
