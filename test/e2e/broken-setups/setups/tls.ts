/** What is wrong with certificates, and with who speaks TLS. */
import { appendFileSync } from "node:fs";
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { type Certificate, createAuthority, selfSigned } from "../../../servers/certificates.ts";
import { startTlsFront } from "../../../servers/tls-front.ts";
import type { Patient } from "../patient.ts";
import type { BrokenSetup } from "../setup.ts";

const authority = await createAuthority();

/** A front that speaks TLS in front of the scene's, at whose address the file looks. */
async function behindTls({ scene, edit }: Patient, certificate: Certificate, clientAuthority?: string) {
  const front = await startTlsFront({ upstream: scene.front.uri, certificate, clientAuthority });
  closeAfterwards(front.stop);
  edit(scene.front.uri, front.address);
  return front;
}

function trust({ project, edit }: Patient, cert: string, more = ""): void {
  edit("plugins:", `tls: { ca: ${project.write("ca.pem", cert)}${more} }\nplugins:`);
}

/** What the operator of the server does, who is told that its certificate has expired. */
let renew: () => Promise<void>;

export const brokenTls: readonly BrokenSetup[] = [
  {
    name: "the certificate has expired",
    breaks: async (patient) => {
      const front = await behindTls(patient, await authority.issue({ ended: true }));
      trust(patient, authority.cert);
      renew = async () => front.replace(await authority.issue());
    },
    link: "connection",
    code: "SERVER_TLS",
    says: /its certificate has expired/,
    remedy: /have it renewed/,
    follow: () => renew(),
  },
  {
    name: "the certificate's authority is not known here",
    breaks: async (patient) => void (await behindTls(patient, await authority.issue())),
    link: "connection",
    code: "SERVER_TLS",
    says: /comes from an authority that is not trusted here/,
    remedy: /set `(tls: \{ ca: )FILE( \})` of that server/,
    follow: ({ edit, project }, begin = "", end = "") =>
      edit("plugins:", `${begin}${project.write("ca.pem", authority.cert)}${end}\nplugins:`),
  },
  {
    name: "the certificate is its own authority",
    breaks: async (patient) => {
      const own = await selfSigned();
      await behindTls(patient, own);
      patient.project.write("own.pem", own.cert);
    },
    link: "connection",
    code: "SERVER_TLS",
    says: /its certificate is self-signed/,
    remedy: /\(or (MLFLOW_TRACKING_SERVER_CERT_PATH)\)/,
    follow: ({ set }, name = "") => set(name, "own.pem"),
  },
  {
    name: "REQUESTS_CA_BUNDLE names another authority than the server's",
    breaks: async (patient) => {
      await behindTls(patient, await authority.issue());
      const other = await createAuthority("another");
      patient.set("REQUESTS_CA_BUNDLE", patient.project.write("bundle.pem", other.cert));
    },
    link: "connection",
    code: "SERVER_TLS",
    says: /trusted are the authorities of REQUESTS_CA_BUNDLE \(\S+bundle\.pem\) alone/,
    remedy: /write the authority that signed its certificate into the file of (REQUESTS_CA_BUNDLE)/,
    follow: ({ env }, name = "") => appendFileSync(env[name] as string, `\n${authority.cert}`),
  },
  {
    name: "REQUESTS_CA_BUNDLE names a file that is not there",
    breaks: async (patient) => {
      await behindTls(patient, await authority.issue());
      patient.set("REQUESTS_CA_BUNDLE", "gone.pem");
    },
    link: "connection",
    code: "SERVER_TLS",
    says: /REQUESTS_CA_BUNDLE names \S+gone\.pem, which .*so that it is not used/,
    remedy: /set `(tls: \{ ca: )FILE( \})` of that server/,
    follow: ({ edit, project }, begin = "", end = "") =>
      edit("plugins:", `${begin}${project.write("ca.pem", authority.cert)}${end}\nplugins:`),
  },
  {
    name: "the certificate is for another name",
    breaks: async (patient) => {
      await behindTls(patient, await authority.issue({ host: "localhost" }));
      trust(patient, authority.cert);
    },
    link: "connection",
    code: "SERVER_TLS",
    says: /is for another name .*; it is for localhost/,
    remedy: /use the name that it was issued for/,
    follow: ({ edit }) => edit("https://127.0.0.1", "https://localhost"),
  },
  {
    name: "the server wants a client certificate, and none is given",
    breaks: async (patient) => {
      await behindTls(patient, await authority.issue(), authority.cert);
      trust(patient, authority.cert);
    },
    link: "connection",
    says: /speaks TLS and hangs up on the first request, as a server does that wants a client certificate/,
    remedy: /set `tls: \{ (cert: )FILE(, key: )FILE \}` of that server/,
    follow: async ({ edit, project }, cert = "", key = "") => {
      const mine = await authority.issue({ client: "trainer" });
      edit("tls: { ", `tls: { ${cert}${project.write("t.pem", mine.cert)}${key}${project.write("t.key", mine.key)}, `);
    },
  },
  {
    name: "the client certificate is another authority's",
    breaks: async (patient) => {
      const { project } = patient;
      await behindTls(patient, await authority.issue(), authority.cert);
      const other = await (await createAuthority("people")).issue({ client: "trainer" });
      const files = `cert: ${project.write("t.pem", other.cert)}, key: ${project.write("t.key", other.key)}`;
      trust(patient, authority.cert, `, ${files}`);
    },
    link: "connection",
    says: /as a server does that does not accept the client certificate/,
    remedy: /set tls\.cert and tls\.key of that server to a certificate of an authority that it trusts/,
    follow: async ({ project }) => {
      const mine = await authority.issue({ client: "trainer" });
      project.write("t.pem", mine.cert);
      project.write("t.key", mine.key);
    },
  },
  {
    name: "the key belongs to another certificate",
    breaks: async (patient) => {
      const { project } = patient;
      await behindTls(patient, await authority.issue(), authority.cert);
      const [mine, other] = [await authority.issue({ client: "trainer" }), await authority.issue({ client: "x" })];
      const files = `cert: ${project.write("t.pem", mine.cert)}, key: ${project.write("t.key", other.key)}`;
      project.write("right.key", mine.key);
      trust(patient, authority.cert, `, ${files}`);
    },
    link: "connection",
    code: "TLS_FILE",
    exit: 3,
    says: /t\.pem and the key \S+t\.key don't belong together/,
    remedy: /correct tls\.cert .* and tls\.key/,
    follow: ({ edit }) => edit("t.key", "right.key"),
  },
  {
    name: "the file of the authority is not there",
    breaks: async (patient) => {
      await behindTls(patient, await authority.issue());
      patient.edit("plugins:", "tls: { ca: gone.pem }\nplugins:");
    },
    link: "connection",
    code: "TLS_FILE",
    exit: 3,
    says: /gone\.pem can't be read: ENOENT/,
    remedy: /correct (tls\.ca)/,
    follow: ({ edit, project }) => edit("gone.pem", project.write("ca.pem", authority.cert)),
  },
  {
    name: "the file of the authority holds no certificate",
    breaks: async (patient) => {
      await behindTls(patient, await authority.issue());
      trust(patient, "not a certificate\n");
    },
    link: "connection",
    code: "TLS_FILE",
    exit: 3,
    says: /the CA file \S+ca\.pem holds no PEM/,
    remedy: /correct tls\.ca .*, or the file's permissions and content/,
    follow: ({ project }) => project.write("ca.pem", authority.cert),
  },
  {
    name: "https to a server that speaks plain http",
    breaks: ({ edit, scene }) => edit(scene.front.uri, scene.front.uri.replace("http:", "https:")),
    link: "connection",
    code: "SERVER_TLS",
    says: /nothing speaks TLS there/,
    remedy: /write (http:\/\/) if it speaks no TLS/,
    follow: ({ edit }, scheme) => edit("trackingUri: https://", `trackingUri: ${scheme}`),
  },
  {
    name: "http to a server that speaks TLS alone",
    breaks: async (patient) => {
      const { address } = await behindTls(patient, await authority.issue());
      trust(patient, authority.cert);
      patient.edit(address, address.replace("https:", "http:"));
    },
    link: "connection",
    says: /hangs up without an answer/,
    remedy: /write (https:\/\/) in the server's address/,
    follow: ({ edit }, scheme) => edit("trackingUri: http://", `trackingUri: ${scheme}`),
  },
  {
    name: "http to nginx's port for TLS",
    breaks: async ({ scene, edit, project }) => {
      const { uri } = await scene.openSite(`location / { ${scene.pass} }`, await authority.issue());
      const ca = project.write("ca.pem", authority.cert);
      edit(scene.front.uri, `${uri.replace("https:", "http:")}\ntls: { ca: ${ca} }`);
    },
    link: "connection",
    says: /speaks TLS, and was spoken to without/,
    remedy: /write (https:\/\/) in the server's address/,
    follow: ({ edit }, scheme) => edit("trackingUri: http://", `trackingUri: ${scheme}`),
  },
  {
    name: "the certificate is not verified at all",
    warns: true,
    breaks: async (patient) => {
      await behindTls(patient, await authority.issue());
      patient.edit("plugins:", "tls: { insecureSkipVerify: true }\nplugins:");
    },
    link: "connection",
    says: /the certificate is not verified, so anybody on the way can take the credential/,
    remedy: /set tls\.(ca) instead/,
    follow: ({ edit, project }, option) =>
      edit("insecureSkipVerify: true", `${option}: ${project.write("ca.pem", authority.cert)}`),
  },
];
