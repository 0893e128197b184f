/** Faults in how the plugin sigv4 signs, for what, by which time and with which keys. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // What goes out, and what is signed of it
  ...faultsIn(
    "plugins/aws/src/sigv4/canonical-query.ts",
    ["plugins/aws/canonical-query"],
    [
      ['const plain = read(text.replaceAll("+", "%20"));', "const plain = read(text);", "a blank goes out as a plus"],
      ['undefined ? text.replaceAll("+", "%20")', "undefined ? text", "beside what is no UTF-8 a plus stays"],
      ["!SIGNED_ADDRESS.test(", "true || SIGNED_ADDRESS.test(", "a client's own signature goes out in the query"],
      ["(?:algorithm|credential|", "(?:credential|", "a part of a client's own signature goes out"],
      ["pair.slice(at + 1)", "pair.slice(at)", "a value begins with its sign"],
      ['|| name === "__proto__"', "", "a name that the library loses gives a wrong signature"],
      ["if (name in all) all[name]?.push(value);\n    else ", "", "of a name that comes twice one value is signed"],
    ],
  ),
  ...faultsIn(
    "plugins/aws/src/sigv4/sign.ts",
    ["test/signed-requests"],
    [
      [
        '"x-amz-content-sha256": await sha256()',
        '"x-amz-content-sha256": "UNSIGNED-PAYLOAD"',
        "the body is not signed",
      ],
      ["/^(?:host|content-type|x-amz-.+)$/", "/^(?:host|x-amz-.+)$/", "the type of the body is not signed"],
      ["/^(?:host|content-type|x-amz-.+)$/", "/^(?:host|content-type)$/", "headers of AWS go out unsigned"],
      [
        "|| OWN.test(name)",
        "",
        "a client's own token of a session is signed",
        { accepted: "core has removed it, and the library replaces the rest" },
      ],
      ["...signable(headers), ...added", "...signable(headers)", "the ARN and the hash go out unsigned"],
      ["...added,\n  };", "};", "what is signed does not go along"],
      ["path: at === -1 ? path : path.slice(0, at)", "path", "a query is signed as a part of the path"],
      ["query,\n      headers", "headers", "the query is not signed"],
      ["...(token !== undefined && {", "...(token === undefined && {", "the token of a session does not go along"],
    ],
  ),
  // For what
  ...faultsIn(
    "plugins/aws/src/sigv4",
    ["plugins/aws/targets"],
    [
      ['{ service = "execute-api", arn }', '{ service = "execute", arn }', "API Gateway takes no signature"],
      ["!isSageMakerHost(hostname) || hostname === sageMaker.host", "true", "an ARN is sent to another region"],
      [
        "!isSageMakerHost(hostname) || hostname === sageMaker.host",
        "hostname === sageMaker.host",
        "an endpoint of one's own is refused",
      ],
      ["if (isSageMakerHost(hostname)) {", "if (false as boolean) {", "nobody says that the ARN is missing"],
      ["options.region ?? there ?? otherwise", "options.region ?? otherwise", "the region of the host is not seen"],
      ["there !== undefined && region !== there", "false as boolean", "a wrong region is found out by AWS alone"],
      ["(?:\\.cn)?|on", "|on", "the region of a host in China is not seen"],
      ['service: "sagemaker-mlflow",', 'service: "sagemaker",', "tracking servers take no signature"],
      ['header: "x-sm-mlflow-app-arn",', 'header: "x-mlflow-sm-tracking-server-arn",', "an app is not found"],
    ],
  ),
  // By which time
  ...faultsIn(
    "plugins/aws/src/sigv4/server-clocks.ts",
    ["plugins/aws/server-clocks"],
    [
      ["- this.ahead(uri)) < TOLERATED", ") < TOLERATED", "a clock is corrected without end"],
      ["- this.ahead(uri)) < TOLERATED", "- this.ahead(uri)) <= TOLERATED", "four minutes are not found out"],
      ["> LONGEST", "> 2 * LONGEST", "a server gets signatures for another day"],
      ["< correction.until", "<= correction.until", "a proxy's wrong clock counts for longer"],
      ["this.#corrections.set(uri,", 'this.#corrections.set("",', "a wrong clock is never corrected"],
    ],
  ),
  // With which keys
  ...faultsIn(
    "plugins/aws/src/sigv4",
    ["plugins/aws/keys"],
    [
      ["clock.now() - suspectedAt < BETWEEN_SUSPICIONS", "false as boolean", "each 403 makes a login"],
      ["secrets.expire(KEYS);", "", "a session that ended is used on"],
      [
        'if (kind === "unauthorized") return secrets.invalidate(KEYS);',
        "",
        "a 401 within a minute of another is believed to be none",
      ],
      [
        "if (clocks.correct(server.uri, serverTime)) return;",
        "clocks.correct(server.uri, serverTime);",
        "a wrong clock makes logins",
        { tests: ["plugins/aws/server-clocks"] },
      ],
      [
        "clock.wallTime() + ahead",
        "clock.wallTime()",
        "the corrected time is not signed",
        { tests: ["plugins/aws/server-clocks"] },
      ],
      [
        "signer?.keys === keys && ",
        "",
        "an old session signs on",
        { tests: ["plugins/aws/keys", "plugins/aws/signer-contract"] },
      ],
      [" && signer.ahead === ahead", "", "the corrected time is not signed", { tests: ["plugins/aws/server-clocks"] }],
      [
        "// What can never be signed is told before the body is read.\n    targetOf(url, keys.region);",
        "",
        "a client sends a whole body in vain",
      ],
      [
        "if (last === undefined || !isSame(last, keys)) logins++;",
        "logins++;",
        "a request goes out again with the same keys",
      ],
      [
        "const lease = expiresAt === undefined ? REREAD : expiresAt - context.clock.wallTime();",
        "const lease = undefined;",
        "sessions are not renewed ahead of their end",
      ],
      ["own ?? region)", "region)", "a role is assumed in another partition"],
      [
        "callerClientConfig: { region: async",
        "callerClientConfig: { regions: async",
        "the SDK warns that it guesses the region of STS",
      ],
      ["(AWS_PROFILE || undefined)", "undefined", "the profile of the environment is not taken"],
      ['of ["AWS_REGION", "AWS_DEFAULT_REGION"])', 'of ["AWS_REGION"])', "a region of the environment is not taken"],
      ["if (stray !== undefined)", "if (false)", "a client's header leads a signed request to another MLflow"],
      ["|| REGION.test(region)) return", "|| true) return", "STS is looked for at a host that is none of AWS"],
      ['configFile[name]?.["region"] ??', "", "the region of a profile is not taken"],
    ],
  ),
  // Refusals
  ...faultsIn(
    "plugins/aws/src/sigv4/denials.ts",
    ["plugins/aws/denials"],
    [
      ["&& !REJECTED.test(body)", "", "a wrong signature passes for a missing permission"],
      ["if (NO_SUCH_ROUTE.test(body)) return true;", "", "a mistyped path makes logins"],
      ["|explicit deny|AccessDenied/i", "|explicit deny/i", "a missing permission makes logins"],
    ],
  ),
  ...faultsIn(
    "core/src/without-file",
    ["core/server-names"],
    [
      ["if (test(pattern, text, installed)) return", "return", "an ARN of something else is taken for an address"],
      ["new RegExp(`^(?:${source})$`)", "new RegExp(source)", "a longer text is taken for the name of a server"],
      [
        "rule.variable !== variable",
        "false as boolean",
        "another variable's rule makes the address",
        { accepted: "rules for no other variable are of use yet" },
      ],
      [
        '?.protocol.startsWith("http") === true',
        '?.protocol === ""',
        "an address is looked for in rules",
        { accepted: "no rule matches an address; it only takes longer" },
      ],
      [
        "trackingServer(await withAddress(env, instances), switched.variables)",
        "trackingServer(env, switched.variables)",
        "an ARN is no address",
      ],
      ['return !("matches" in rule) ||', "return true ||", "an address is taken for an ARN"],
    ],
  ),
  ...faultsIn(
    "core/src/discovery/declared-files.ts",
    ["core/files-per-plugin"],
    [
      [
        "if (!isObject(files)) return files;",
        "if (!isObject(files)) return undefined;",
        "no package has a schema",
        { tests: ["core/find-plugin"] },
      ],
      ["if (other !== undefined) {", "if (false as boolean) {", "a slip in a manifest leaves a plugin without options"],
      ["isPrintable(other) ?", "true ?", "a message holds what it should not"],
      [
        "Object.hasOwn(files, plugin) ? files[plugin] : undefined",
        "Object.values(files)[0]",
        "a plugin takes another one's options",
      ],
    ],
  ),
  // What doctor tells of a refusal
  ...faultsIn(
    "plugins/aws/src/sigv4/explain-rejection.ts",
    ["plugins/aws/explain-rejection"],
    [
      ["|| /Missing Authentication Token/i.test(text)", "", "a path that the API does not have is called a permission"],
      ['region === undefined ? "" : ', "", "doctor says that a region is undefined"],
    ],
  ),
];
