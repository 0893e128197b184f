/** Addresses of servers. */
import { type BrokenFile, server } from "./broken-file.ts";

export const brokenServers: Record<string, BrokenFile> = {
  "an address that is no URL": { text: server("CANARY"), problems: ["3:10 SERVER_URI"] },
  "another scheme": { text: server("ftp://CANARY"), problems: ["3:10 SERVER_URI"] },
  "a user in the address": { text: server("https://me:CANARY@x.example.com"), problems: ["3:10 SERVER_URI"] },
  "a query in the address": { text: server("https://x.example.com/?api_key=CANARY"), problems: ["3:10 SERVER_URI"] },
  "a fragment in the address": { text: server("https://x.example.com/#CANARY"), problems: ["3:10 SERVER_URI"] },
  "a star for two labels": { text: server("https://*.*.example.com/CANARY"), problems: ["3:10 SERVER_URI"] },
  "a star further right": { text: server("https://CANARY.*.com"), problems: ["3:10 SERVER_URI"] },
  "a star for every host": { text: server("https://*/CANARY"), problems: ["3:10 SERVER_URI"] },
  "a star in the path": { text: server("https://x.example.com/CANARY/*"), problems: ["3:10 SERVER_URI"] },
  "a path with dots": { text: server("https://x.example.com/CANARY/../x"), problems: ["3:10 SERVER_URI"] },
  "a path with encoded dots": { text: server("https://x.example.com/CANARY/%2e%2E/x"), problems: ["3:10 SERVER_URI"] },
  "a host with a trailing dot": { text: server("https://x.example.com./CANARY"), problems: ["3:10 SERVER_URI"] },
  "letters beyond ASCII in the host": {
    text: server("https://\uff4d.example.com/CANARY"),
    problems: ["3:10 SERVER_URI"],
  },
  "cleartext beyond loopback": { text: server("http://CANARY.example.com"), problems: ["3:10 SERVER_CLEARTEXT"] },
  "cleartext to something like loopback": {
    text: server("http://127.0.0.1.example.com/CANARY"),
    problems: ["3:10 SERVER_CLEARTEXT"],
  },
  "one server twice": {
    text: `${server("https://CANARY.example.com/base")}  - uri: HTTPS://CANARY.Example.com:443/base/\n`,
    problems: ["4:10 SERVER_DUPLICATE"],
  },
};
