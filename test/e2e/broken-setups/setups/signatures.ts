/** What is wrong with signatures: on a front of AWS's kind, which recomputes them and says what AWS says. */
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { environmentOf, makeKeys } from "../../../servers/secrets-manager-fake.ts";
import { type JudgedKeys, type Sigv4Judge, startSigv4Judge } from "../../../servers/sigv4-judge.ts";
import type { Patient } from "../patient.ts";
import type { BrokenSetup } from "../setup.ts";

let judge: Sigv4Judge;
let keys: JudgedKeys;

/** A user whose requests are signed, with the keys of a session. */
async function sign({ put, set, scene }: Patient, options = "region: eu-central-1"): Promise<void> {
  keys = { ...makeKeys(scene.watch.secret()), sessionToken: scene.watch.secret() };
  judge = await startSigv4Judge({ keys: [keys], upstream: scene.mlflow.uri });
  closeAfterwards(() => judge.stop());
  carry(set, keys);
  put(`version: 1\ntrackingUri: ${judge.uri}\nplugins:\n  sigv4: { ${options} }\n`);
}

function carry(set: Patient["set"], { sessionToken = "", ...held }: JudgedKeys): void {
  for (const [name, value] of Object.entries(environmentOf(held))) set(name, value);
  set("AWS_SESSION_TOKEN", sessionToken);
  set("AWS_EC2_METADATA_DISABLED", "true");
}

const anotherSession = ({ scene }: Patient): JudgedKeys => ({
  ...makeKeys(scene.watch.secret()),
  sessionToken: scene.watch.secret(),
});

export const brokenSignatures: readonly BrokenSetup[] = [
  {
    name: "requests are signed for another region",
    breaks: (patient) => sign(patient, "region: us-east-1"),
    link: "request",
    says: /refused the signature of sigv4, or its owner \(403\): it signs for another region \(us-east-1\) than the server's/,
    remedy: /set (region) of plugins\.sigv4 to the region that the server is in/,
    follow: ({ edit }, option) => edit(/region: \S+/, `${option}: eu-central-1`),
  },
  {
    name: "requests are signed for another service",
    breaks: (patient) => sign(patient, "region: eu-central-1, service: lambda"),
    link: "request",
    says: /it signs for another service \(lambda\) than the server's/,
    remedy: /set service of plugins\.sigv4 to the one that the server belongs to: (execute-api) for API Gateway/,
    follow: ({ edit }, service) => edit("service: lambda", `service: ${service}`),
  },
  {
    name: "the session of the keys has ended",
    breaks: async (patient) => {
      await sign(patient);
      await judge.set({ keys: [{ ...keys, ended: true }] });
    },
    link: "request",
    says: /the session of its keys has ended/,
    remedy: /log in anew where plugins\.sigv4 takes its keys from: .*AWS_SESSION_TOKEN/,
    follow: async (patient) => {
      const fresh = anotherSession(patient);
      await judge.set({ keys: [fresh] });
      carry(patient.set, fresh);
    },
  },
  {
    name: "the keys are of no account that the server knows",
    breaks: async (patient) => {
      await sign(patient);
      carry(patient.set, anotherSession(patient));
    },
    link: "request",
    says: /AWS does not know its keys, or not with this session/,
    remedy: /whether AWS_SESSION_TOKEN goes with AWS_ACCESS_KEY_ID/,
    follow: ({ set }) => carry(set, keys),
  },
  {
    name: "the secret key is another one's",
    breaks: async (patient) => {
      await sign(patient);
      patient.set("AWS_SECRET_ACCESS_KEY", patient.scene.watch.secret());
    },
    link: "request",
    says: /the signature is not the one that AWS computes/,
    remedy: /check that (AWS_SECRET_ACCESS_KEY) goes with AWS_ACCESS_KEY_ID/,
    follow: ({ set }) => carry(set, keys),
  },
  {
    name: "whoever signs may not call the server",
    breaks: async (patient) => {
      await sign(patient);
      await judge.set({ keys: [{ ...keys, denied: true }] });
    },
    link: "request",
    says: /the signature is right, and its owner lacks a permission/,
    remedy: /have execute-api allowed to the identity of plugins\.sigv4/,
    follow: () => judge.set({ keys: [keys] }),
  },
  {
    name: "the server's clock is more than a day off",
    breaks: async (patient) => {
      await sign(patient);
      await judge.set({ ahead: 30 * 3600 });
    },
    link: "request",
    says: /the date of the signature is too far from the server's clock/,
    remedy: /set the clock of this machine by NTP/,
    follow: () => judge.set({ ahead: 0 }),
  },
];
