/** Faults in how the plugin of AWS logs in, reads, and tells what went wrong. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // AWS: who the plugin is
  ...faultsIn(
    "plugins/aws/src",
    ["plugins/aws/logins"],
    [
      ["clientConfig: elsewhere,", "clientConfig: settings as never,", "SSO is asked in the secret's region"],
      [
        "...(profile !== undefined && { profile }), ...(endpoint",
        "...(endpoint",
        "the region of a profile that the file names is not found",
      ],
      ["ignoreCache: true,\n      ...(profile", "...(profile", "keys that were replaced in their file are never seen"],
      ["if (!isKept) throw fault;", "throw fault;", "a request fails each time that keys are replaced"],
      [
        "if (!isKept) throw fault;",
        "if (!isKept && fault.transient) throw fault;",
        "a login that fails is tried without end",
      ],
      ["client = undefined;\n          if", "if", "a login that ended is used again and again"],
      ["...(keys && { filepath: keys }),", "", "the credentials file of the given environment is not read"],
      [
        "...(webIdentityTokenFile &&\n      roleArn &&",
        "...(webIdentityTokenFile === '' &&\n      roleArn &&",
        "the web identity of the given environment is not used",
      ],
      [
        "if (!arn || tokenFile) return undefined;",
        "if (!arn) return undefined;",
        "a web identity assumes its role twice",
      ],
      [
        "client?.destroy();",
        "",
        "the SDK's client stays",
        { accepted: "its requests go through core's client, which is closed" },
      ],
    ],
  ),
  ...faultsIn(
    "plugins/aws/src",
    ["plugins/aws/read-secret"],
    [
      [
        "role.externalId !== undefined && { ExternalId: role.externalId }",
        "role.externalId === '' && {}",
        "a role that wants an external id can't be taken",
      ],
      ['role.sessionName ?? "mlflow-auth"', '"mlflow-auth"', "CloudTrail names every session alike"],
      ["...(sessionName && { sessionName })", "", "AWS_ROLE_SESSION_NAME is not used"],
      ["if (role !== undefined) return role;", "", "the role in the file is not taken"],
      ["...(token && { sessionToken: token })", "", "keys of a session are refused"],
      [
        "profile !== undefined || !accessKeyId",
        "!accessKeyId",
        "keys in the environment win over the profile in the file",
      ],
      ["options.region ?? regionOf(secret.id)", "options.region", "an ARN does not say its region"],
      [
        "? { VersionId: version }\n    : { VersionStage: version }",
        "? { VersionStage: version }\n    : { VersionStage: version }",
        "the id of a version is taken for a label",
      ],
      [
        "? { VersionId: version }\n    : { VersionStage: version }",
        "? { VersionId: version }\n    : { VersionId: version }",
        "a label is taken for the id of a version",
      ],
      ["...versionOf(secret.version)", "", "another version than the named one is sent"],
      ["{ fatal: true }", "{}", "bytes that are no text are sent as question marks"],
      ["allowInsecure, tlsNames", "tlsNames", "an endpoint that may be spoken to in cleartext is refused"],
      ["ca: tls.caFile, allowInsecure", "allowInsecure", "authorities of one's own are not trusted"],
      ["TRIES = 3", "TRIES = 1", "a short outage fails requests", { tests: ["plugins/aws/faults"] }],
      ["TRIES = 3", "TRIES = 5", "an outage keeps requests waiting", { tests: ["plugins/aws/faults"] }],
      [
        "!connectionFailureOf(thrown).isTls",
        "true",
        "a certificate that is not trusted is tried three times",
        { tests: ["plugins/aws/read-secret"] },
      ],
    ],
  ),
  // AWS: what is told
  ...faultsIn(
    "plugins/aws/src",
    ["plugins/aws/login-faults"],
    [
      [
        "if (/ProviderError$/.test(error.name) && last.failure !== undefined) return last.failure;",
        "",
        "a portal that is down is told as a wrong profile",
      ],
      [
        "requestHandler.last = {};",
        "",
        "an old failure is told in place of the new one",
        { accepted: "each fetch ends with a request, or without any before the login fails" },
      ],
      ["if (status === 429) return throttledLogin;", "", "SSO that is asked too often is told as a wrong profile"],
      ["if (status >= 500) return failing(status);", "", "SSO that is down is told as a wrong profile"],
      [
        "/To refresh this SSO session|^UnauthorizedException/",
        "/To refresh this SSO session/",
        "a session that the portal ended is told as a wrong profile",
      ],
      [
        "/To refresh this SSO session|^UnauthorizedException/",
        "/^UnauthorizedException/",
        "an SSO login that ended is told as a wrong profile",
      ],
      [
        "/^(?:ForbiddenException|ResourceNotFoundException)/",
        "/^ForbiddenException/",
        "a role that SSO does not know is told as a wrong profile",
      ],
      [
        "if (/sts:AssumeRoleWithWebIdentity/i.test(message)) {",
        "if (false) {",
        "a web identity that may not take its role is told of another role",
      ],
      [
        "if (!/sts:AssumeRole/i.test(message)) return undefined;",
        "return undefined;",
        "a role that may not be assumed is told as a denied secret",
      ],
      ['profile === undefined || env["AWS_ROLE_ARN"]', "true", "the role of a profile is looked for in AWS_ROLE_ARN"],
      [
        'env["AWS_WEB_IDENTITY_TOKEN_FILE"] && /^E[A-Z]+$/',
        "false && /^E[A-Z]+$/",
        "a token file that is not there is told as AWS's answer",
      ],
      [
        "// The agent may be starting anew.\n      transient: true,",
        "",
        "a kept secret is dropped while the container's agent starts",
      ],
      ["if (container !== undefined) {", "if (false) {", "a container's address that gives no role is not named"],
      ['if (env["AWS_ACCESS_KEY_ID"]) return', "return", "every login is told as the keys of the environment"],
      [
        'return /^[A-Za-z]{1,60}$/.test(name) ? name : "an unknown exception";',
        "return name;",
        "an error's name shows what the other side wrote",
        { tests: ["plugins/aws/faults"] },
      ],
      [
        "if (/kms/i.test(message)) {",
        "if (false) {",
        "a key's policy is told as the secret's",
        { tests: ["plugins/aws/faults"] },
      ],
      ["transient: fault.transient ?? false", "transient: false", "an outage ends the secret that is kept"],
      [
        "ours !== undefined) return ours;",
        "false) return thrown as never;",
        "what core says of a connection is lost",
        { tests: ["plugins/aws/faults"] },
      ],
      [
        "if (/Skew|RequestExpired/.test(name)) {",
        "if (false) {",
        "a clock that is off is not named",
        { tests: ["plugins/aws/faults"] },
      ],
    ],
  ),
  ...faultsIn(
    "core/src/connection/http-client.ts",
    ["plugins/aws/read-secret"],
    [
      [
        "`give the CA file in ${option}`",
        "`give the CA file`",
        "a certificate that is not trusted is told without the option that makes it so",
      ],
    ],
  ),
];
