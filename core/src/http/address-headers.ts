/** Headers by which any proxy, whoever made it, tells from where a request came and where it was to go: a part of identity-headers.ts. */

/** What one system in front of servers sends. */
export interface FrontHeaders {
  readonly by: string;
  /** As that system writes them. A `*` at the end stands for whatever follows, also for nothing. */
  readonly names: readonly string[];
  /** Where that is written. */
  readonly source: string;
}

/** A part of the closed list. */
export const addressHeaders: readonly FrontHeaders[] = [
  {
    by: "proxies, about the client's address",
    names: [
      "X-Real-Ip",
      "X-Client-Ip",
      "X-Cluster-Client-Ip",
      "Fastly-Client-Ip",
      "Fly-Client-Ip",
      "X-Originating-Ip",
      "X-Envoy-External-Address",
      "X-ProxyUser-Ip",
    ],
    source: "https://nginx.org/en/docs/http/ngx_http_realip_module.html",
  },
  {
    by: "the same by other names, which libraries that look for the client's address take as well",
    names: [
      "Client-Ip",
      "Forwarded-For",
      "X-Forwarded",
      "X-Forward-For",
      "X-Forward-Host",
      "X-Forward-Proto",
      "Proxy-Client-Ip",
      "WL-Proxy-*",
      "DO-Connecting-Ip",
    ],
    source: "https://github.com/un33k/django-ipware",
  },
  {
    by: "proxies that send a request elsewhere than its line says: the server answers for another path, host or method",
    names: [
      "X-Rewrite-Url",
      "X-Override-Url",
      "X-Proxy-Url",
      "Proxy",
      "X-Host",
      "X-Http-Host-Override",
      "X-Envoy-Original-*",
      "L5d-Dst-Override",
      "X-Replaced-Path",
      "X-Http-Method",
      "X-Http-Method-Override",
      "X-Method-Override",
      "X-Request-Uri",
      "Script-Name",
      "X-Script-Name",
      "Path-Info",
      "X-Path-Info",
      "X-Scheme",
      "Front-End-Https",
    ],
    source: "https://docs.gunicorn.org/en/stable/settings.html#forwarder-headers",
  },
];
