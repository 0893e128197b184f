/** How a mistake is made in a copy of the sound package. */
import { canary } from "../../src/testing.js";
import type { SoundPackage } from "./sound-package.js";

export type Json = Record<string, Record<string, unknown>>;
export type Mistake = readonly [make: (sound: SoundPackage) => void, found: string, said: RegExp];

export const manifest =
  (change: (json: Json) => void) =>
  ({ change: changed }: SoundPackage) =>
    changed("package.json", (json) => change(json as Json));
export const schema =
  (change: (json: Json) => unknown) =>
  ({ change: changed }: SoundPackage) =>
    changed("config.schema.json", (json) => change(json as Json));
export const option =
  (name: string, value: unknown) =>
  ({ option: add }: SoundPackage) =>
    add(name, value);

export const at = "config.schema.json#/properties";
export const secret = { $ref: "mlflow-auth:values#/$defs/secret" };
export const duration = { $ref: "mlflow-auth:values#/$defs/duration" };
export const described = { description: "One.", type: "string" };
export const PROVIDERS = "mlflow.request_auth_provider";

export const jwt = () => `eyJ${canary()}.${canary()}.${canary()}`;
