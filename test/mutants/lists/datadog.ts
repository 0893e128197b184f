/** Faults in Datadog's headers. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Datadog
  ...faultsIn(
    "plugins/datadog/src",
    ["plugins/datadog/datadog"],
    [
      ["const REREAD = 300_000", "const REREAD = 30_000_000", "a rotated key is picked up after hours"],
      ["!requireModelLab || isTruthy(", "isTruthy(", "no key is sent outside of Datadog's model lab"],
      ["!requireModelLab || isTruthy(", "true || isTruthy(", "keys are sent where the tracer would send none"],
      [
        "if (!sameKeys(headers, last)) last = Object.freeze(headers);",
        "last = Object.freeze(headers);",
        "headers are composed anew though no key changed",
      ],
      ["names.every((name) => b[name]?.equals(a[name] as Secret) === true)", "true", "a rotated key is never sent"],
      ["enabled && apiKey !== undefined", "enabled", "without a key every request fails"],
      [
        'headers["DD-APPLICATION-KEY"] = await',
        'headers["DD-API-KEY"] = await',
        "the application key is sent as the API key",
      ],
      [
        "headerValue(await source.read(), {",
        "((secret: Secret, _: unknown) => secret)(await source.read(), {",
        "a key with a line end is refused when it is sent",
      ],
      ["/^(?:1|true|yes|on)$/i", "/^(?:1|true|yes|on)/i", "`once` switches on"],
    ],
  ),
];
