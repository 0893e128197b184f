import { challenge } from "../front.ts";
import { controlSite } from "./reload.ts";

/** What the configuration is made of. */
export interface NginxSettings {
  /** The folder of this nginx, with everything that it writes. */
  readonly folder: string;
  readonly port: number;
  /** The origin of the server behind it. */
  readonly upstream: string;
  /** Empty, or `/base` without a slash at the end. */
  readonly basePath: string;
  readonly header: string;
  /** Whole values of the header that are let through. */
  readonly accepted: readonly string[];
  /** The number of this configuration, which shows whether it is the one that answers. */
  readonly generation: number;
  readonly keepAlive: boolean;
}

/**
 * The configuration that the tests run, much like the one that the README shows: answer 401 to requests without an accepted
 * credential, pass on the others without theirs, stream both ways.
 */
export function nginxConfig(settings: NginxSettings): string {
  const { folder, port, upstream, basePath, header, accepted, generation, keepAlive } = settings;
  const variable = `$http_${header.toLowerCase().replaceAll("-", "_")}`;
  const authenticate = challenge(header, accepted) ?? "";
  return inFolder(
    folder,
    `map_hash_bucket_size 512;

  map ${variable} $accepted {
    default 0;
${accepted.map((value) => `    "~^${inHexadecimal(value)}$" 1;`).join("\n")}
  }
  map $accepted $authenticate { 0 '${authenticate}'; default ""; }
  map ${variable} $credential { "" false; default true; }
  map $request_uri $path { "~^(?<before_query>[^?]*)" $before_query; }
  map $request_uri $rest { "~^${inHexadecimal(basePath)}(?<below>/.*)$" $below; default ""; }
  log_format request escape=json
    '{"method":"$request_method","path":"$path","status":$status,"credential":$credential}';

  upstream server_behind { server ${new URL(upstream).host}; }

  server {
    listen 127.0.0.1:${port};
    access_log ${folder}/access.log request;
    client_max_body_size 0;
    keepalive_timeout ${keepAlive ? "75s" : "0"};
    proxy_http_version 1.1;
    proxy_request_buffering off;
    proxy_buffering off;
    proxy_read_timeout 300s;
    proxy_set_header Host ${new URL(upstream).host};
    proxy_set_header ${header} "";
    add_header WWW-Authenticate $authenticate always;

    location ${basePath}/ {
      if ($accepted = 0) { return 401; }
      # By variable: what the client escaped in the path reaches the server as it is.
      proxy_pass ${new URL(upstream).protocol}//server_behind$rest;
    }
  }
  ${controlSite(folder, generation)}`,
  );
}

/** A configuration that an ordinary user can run: nginx writes nothing outside of `folder`. */
export function inFolder(folder: string, http: string): string {
  // Started by root, nginx would run its workers as another user, who can't enter the folder.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `
daemon off;
${user}
worker_processes 1;
pid ${folder}/pid;
error_log ${folder}/error.log warn;
events { worker_connections 512; }
http {
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  ${http}
}
`;
}

/** Every byte as `\xNN` in a regular expression, for nginx ignores case when it compares plain strings. */
function inHexadecimal(text: string): string {
  return Buffer.from(text).toString("hex").replaceAll(/../g, "\\x$&");
}
