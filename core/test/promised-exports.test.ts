/** What plugins and their tests import stays there: the guide for their authors promises it within one apiVersion. */
import { readFileSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("what plugins import of core");

/** To be added to, and taken from only where `apiVersion` is raised. */
const promised: Readonly<Record<string, string>> = {
  plugin: `
    Auth CachePolicy Clock Command CommandContext CommandFactory CommandInstance CommandOutput ConnectionFailure
    ConnectionFailureKind Credential CredentialOptions CredentialProviderOptions CredentialProviderSettings
    CredentialTerms DispatchedAnswer DispatchedRequest ErrorCode ErrorDetails ExitCode ExplainedRejection Factory Fetched
    FetchedCredential FetchedHeaders FetchedToken FetchedUser Group HttpClient HttpClientSettings HttpRequest
    HttpResponse Interfaces InvalidationKind JwtClaims LogFields Logger MlflowAuthError OpenedFile PluginContext
    ProviderHeaders ProviderRequest RefusalDetails RejectedAuth RequestAuthProvider RequestHeaderProvider Rewrite
    Run RunContextProvider Secret SecretCache SecretPlace SecretSource SelectCredentialOptions Server
    SignableRequest Timer TlsOptionNames TlsOptions anonymous connectionFailureOf credentialHeaders
    credentialProvider environmentSource fileSource formatDuration headerValue isMlflowAuthError isSecret
    jsonFields leaseOfSeconds printable readJwt selectCredential textSource`,
  testing: `
    AuthSetup Backend CommandUnderTest ContractCase ContractOptions FakeClock LogLine PackageContractOptions
    ProviderMakers Setup TestBackend TestCommandContext TestCommandOptions TestContext TestContextOptions TestFile
    TestResponse canary commandContract fakeClock packageContract providerContract revealedBy secretSource
    testCommandContext testContext testRequest`,
};

for (const [entry, names] of Object.entries(promised)) {
  test(`core/${entry} exports what was promised, and what is new there is promised, too`, () => {
    const text = readFileSync(new URL(`../src/${entry}.ts`, import.meta.url), "utf8");
    const lists = Array.from(text.matchAll(/export (?:type )?\{([^}]*)\} from/g), ([, list = ""]) => list.split(","));
    const exported = lists.flat().map((name) => name.trim().replace(/^type /, ""));
    assert.equal(exported.filter(Boolean).sort(), names.trim().split(/\s+/).sort());
  });
}

test.run();
