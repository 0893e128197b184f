/** Faults in what a JSON Web Token is taken to say, and in what doctor makes of it. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "core/src/secret/jwt.ts",
    ["core/jwt"],
    [
      ["seconds * 1000", "seconds", "a token that is good counts as over for decades"],
      [
        `typeof partIn(header)?.["alg"] !== "string"`,
        "false",
        "a token of another kind is taken for a JSON Web Token, and its end for that",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/doctor",
    ["cli/doctor-tokens"],
    [
      ['text?.replaceAll(INNER, "[secret]")', "text", "a token that stands in a claim is shown"],
      ["`${shown.slice(0, LONGEST)}…`", "text", "an issuer fills the terminal"],
      ["audience.slice(0, MOST_AUDIENCES)", "audience", "a token for a hundred servers fills the terminal"],
      ["left > 0 ?", "left < 0 ?", "a token that is over is told to be good"],
      [
        "kind === undefined || isPermissionDenial(answer.text)",
        "kind === undefined",
        "a token is blamed for a permission",
      ],
      [
        "wanted !== undefined && !claims.audience.includes(wanted)",
        "wanted !== undefined",
        "a token for the right audience is told to be for another",
      ],
      [
        "expiresAt <= clock - TOLERANCE",
        "expiresAt <= now - TOLERANCE",
        "doctor does not say that the clocks are apart",
      ],
    ],
  ),
];
