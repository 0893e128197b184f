/**
 * The headers in which something in front of a server tells it who asks, from where, or for what. A server that believes them has to be
 * sure that no client sends them, so they are taken off every request to a server of the file; plugins of the file may set them.
 *
 * Names and nothing else: what a request enters stands in client-credentials.ts. docs/client-headers.md is generated from this list.
 */
import { addressHeaders, type FrontHeaders } from "./address-headers.js";

/** All of them. The list is closed: what is not on it passes, unless it is a credential. */
export const identityHeaders: readonly FrontHeaders[] = [
  {
    by: "reverse proxies in general: the user as CGI's REMOTE_USER",
    names: ["Remote-*", "X-Remote-*", "Auth-User", "X-Auth-User", "X-Auth-Username", "X-Authenticated-*"],
    source: "https://datatracker.ietf.org/doc/html/rfc3875#section-4.1.11",
  },
  {
    by: "applications that let a proxy sign people in, by the names that their guides give",
    names: [
      "X-User",
      "X-User-Email",
      "X-User-Groups",
      "X-User-Id",
      "X-User-Info",
      "X-User-Name",
      "X-User-Role",
      "X-User-Roles",
      "X-Username",
      "X-UserEmail",
      "X-UserGroups",
      "X-UserId",
      "X-UserRoles",
      "X-Preferred-Username",
      "X-Email",
      "X-Groups",
      "X-Roles",
      "X-WebAuth-*",
      "X-Identity",
      "X-Principal*",
      "X-Proxy-User",
      "X-SSO-User",
      "X-Subject",
      "X-Trusted-User",
      "X-Userinfo",
    ],
    source:
      "https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/auth-proxy/",
  },
  {
    by: "oauth2-proxy, also in front of nginx, Databricks Apps, OpenShift's oauth-proxy: X-Forwarded-User and its like",
    names: ["X-Auth-Request-*", "X-Forwarded-*", "Forwarded", "Gap-Auth", "X-OAuth2-Proxy-*"],
    source: "https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview",
  },
  {
    by: "Cloudflare Access, and Cloudflare about the client's address",
    names: [
      "Cf-Access-Jwt-Assertion",
      "Cf-Access-Authenticated-User-*",
      "Cf-Access-User",
      "Cf-Connecting-Ip*",
      "Cf-Pseudo-Ipv4",
      "True-Client-Ip",
    ],
    source: "https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/",
  },
  {
    by: "Google's Identity-Aware Proxy, API Gateway, Endpoints and App Engine",
    names: [
      "X-AppEngine-*",
      "X-Goog-Iap-*",
      "X-Goog-Authenticated-User-*",
      "X-Apigateway-Api-Userinfo",
      "X-Endpoint-Api-Userinfo",
      "X-Jwt-Payload",
    ],
    source: "https://cloud.google.com/iap/docs/identity-howto",
  },
  {
    by: "Pomerium",
    names: ["X-Pomerium-Jwt-Assertion*", "X-Pomerium-Claim-*"],
    source: "https://www.pomerium.com/docs/reference/pass-identity-headers",
  },
  {
    by: "Teleport",
    names: ["Teleport-Jwt-Assertion"],
    source: "https://goteleport.com/docs/enroll-resources/application-access/jwt/introduction/",
  },
  {
    by: "Apache Knox",
    names: ["X-Knox-Actor-*"],
    source: "https://apache.github.io/knox/config_knoxauth_service",
  },
  {
    by: "Caddy with caddy-security (AuthCrunch)",
    names: ["X-Token-Subject", "X-Token-User-*"],
    source: "https://github.com/greenpau/caddy-security",
  },
  {
    by: "Authelia (its Remote-User and the like are above) and tinyauth",
    names: ["X-Authelia-*", "X-Tinyauth-*"],
    source: "https://www.authelia.com/integration/trusted-header-sso/introduction/",
  },
  {
    by: "authentik",
    names: ["X-authentik-*"],
    source: "https://docs.goauthentik.io/docs/providers/proxy",
  },
  {
    by: "Vouch, Keycloak Gatekeeper and louketo-proxy",
    names: [
      "X-Vouch-*",
      "X-Auth-Audience",
      "X-Auth-Email",
      "X-Auth-ExpiresIn",
      "X-Auth-Family-Name",
      "X-Auth-Given-Name",
      "X-Auth-Groups",
      "X-Auth-Name",
      "X-Auth-Preferred-Username",
      "X-Auth-Roles",
      "X-Auth-Subject",
      "X-Auth-UserId",
    ],
    source: "https://github.com/louketo/louketo-proxy/blob/master/docs/user-guide.md",
  },
  {
    by: "AWS: load balancers that sign people in or take client certificates, Verified Access, CloudFront about the client's address",
    names: ["X-Amzn-Oidc-*", "X-Amzn-Mtls-*", "X-Amzn-Ava-User-Context", "CloudFront-Viewer-*"],
    source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html",
  },
  {
    by: "Azure: App Service, Container Apps, Application Gateway, Front Door",
    names: [
      "X-MS-Client-Principal*",
      "X-MS-Token-*",
      "X-Arr-ClientCert",
      "X-Azure-ClientIp",
      "X-Azure-FDID",
      "X-Azure-SocketIp",
      "Disguised-Host",
      "WAS-Default-Hostname",
      "X-Original-*",
      "X-Waws-Unencoded-Url",
    ],
    source: "https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities",
  },
  {
    by: "Hokusai's proxy",
    names: ["X-Hokusai-User-Id", "X-Hokusai-API-Key-Id"],
    source: "https://github.com/Hokusai-protocol/hokusai-data-pipeline",
  },
  {
    by: "Tailscale",
    names: ["Tailscale-*"],
    source: "https://tailscale.com/kb/1312/serve#identity-headers",
  },
  {
    by: "Kubeflow, and Kubernetes' proxies and impersonation",
    names: ["Kubeflow-*", "Impersonate-*", "X-Kubernetes-User*"],
    source: "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#authenticating-proxy",
  },
  {
    by: "Kong and APISIX",
    names: ["X-Consumer-*", "X-Credential-*", "X-Anonymous-Consumer"],
    source: "https://apisix.apache.org/docs/apisix/plugins/basic-auth/",
  },
  {
    by: "APISIX's wolf-rbac (its X-UserId and X-Username are above)",
    names: ["X-Nickname"],
    source: "https://apisix.apache.org/docs/apisix/plugins/wolf-rbac/",
  },
  {
    by: "service meshes about who calls: Envoy, Istio, Linkerd",
    names: [
      "X-Envoy-Internal",
      "X-Envoy-Downstream-Service-*",
      "X-Envoy-Ip-Tags",
      "X-Envoy-Peer-Metadata*",
      "Sec-Istio-Auth-Userinfo",
      "L5d-Client-Id",
      "L5d-Remote-Ip",
    ],
    source: "https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/header_sanitizing",
  },
  {
    by: "Apache's mod_auth_openidc and Shibboleth, SiteMinder, IBM's WebSEAL, Oracle's access manager",
    names: [
      "Oidc-*",
      "Shib-*",
      "X-Shib-*",
      "Eppn",
      "Sm-User*",
      "Sm-Universalid",
      "Iv-User*",
      "Iv-Groups",
      "Iv-Creds",
      "Oam-*",
    ],
    source: "https://github.com/OpenIDC/mod_auth_openidc/wiki",
  },
  {
    by: "proxies that take client certificates",
    names: [
      "Client-Cert*",
      "X-Client-Cert*",
      "X-Client-Dn",
      "X-Client-Verify",
      "Ssl-Client-*",
      "X-Ssl-Client-*",
      "X-Ssl-Cert",
    ],
    source: "https://datatracker.ietf.org/doc/html/rfc9440",
  },
  {
    by: "Descope's plugin for MLflow, and plugins of this kind",
    names: ["X-Descope-*"],
    source: "https://pypi.org/project/mlflow-descope-auth/",
  },
  ...addressHeaders,
];
