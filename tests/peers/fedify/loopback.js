// What a server needs on a machine without DNS and without certificates, and a note of the requests that leave it.

import { AsyncLocalStorage } from "node:async_hooks";
import dns from "node:dns";

/** Run something with a list, and each request made meanwhile is put on it: method, kind of signature, status. */
export const noting = new AsyncLocalStorage();

/** The kind of HTTP signature that these headers carry. */
export function schemeOf(headers) {
  if (headers.has("signature-input")) return "rfc9421";
  return headers.has("signature") ? "cavage" : null;
}

// A name under `localhost` is this machine (RFC 6761, 6.3), whatever the resolver here knows about it.
const lookup = dns.lookup;
dns.lookup = (name, ...more) => lookup(name.endsWith(".localhost") ? "127.0.0.1" : name, ...more);

// Nothing leaves this machine. WebFinger, which Fedify asks by https alone, is asked by http.
const send = globalThis.fetch;
globalThis.fetch = async (input, options) => {
  const asked = input instanceof Request ? input : new Request(input, options);
  const url = new URL(asked.url);
  if (!url.hostname.endsWith(".localhost")) throw new TypeError(`${url.hostname} is not on this machine`);
  const insecure = url.href.replace("https:", "http:");
  const answer = await (url.protocol === "https:" ? send(insecure, options) : send(input, options));
  noting.getStore()?.push({ method: asked.method, scheme: schemeOf(asked.headers), status: answer.status });
  return answer;
};
