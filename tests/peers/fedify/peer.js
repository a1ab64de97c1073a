// Fedify as a peer of our tests: `node peer.js fedify-1` or `node peer.js fedify-2`, the two versions in package.json.
//
// It writes one line of JSON: the port where it takes orders, and the addresses of its actors. An order is a POST to
// /{actor}/{verb} with a JSON object; the verbs stand at the end of server.js. It ends when its standard input does.

import { noting } from "./loopback.js"; // the first import: it changes what the others find
import { listen, serve } from "./server.js";

const RFC_9421 = "rfc9421";
const CAVAGE = "draft-cavage-http-signatures-12";
const CAST = {
  walnut: { firstKnock: RFC_9421 },
  hazel: { firstKnock: CAVAGE, refuses: "rfc9421", guarded: true },
  almond: { firstKnock: RFC_9421, refuses: "cavage" },
  maple: { firstKnock: RFC_9421, refuses: "cavage", guarded: true },
};

const version = process.argv[2];
const fedify = { ...(await import(`${version}/vocab`)), ...(await import(version)) };
const keys = [await fedify.generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await fedify.generateCryptoKeyPair("Ed25519")];

const peers = {};
for (const [name, habits] of Object.entries(CAST)) peers[name] = await serve(fedify, keys, name, habits);

const port = await listen(async (request) => {
  const [, name, verb] = new URL(request.url).pathname.split("/");
  const order = await request.json();
  const made = [];
  const answer = await noting.run(made, () => peers[name].verbs[verb](order));
  return Response.json({ answer, made });
});

const actors = Object.fromEntries(Object.entries(peers).map(([name, { actor }]) => [name, actor]));
console.log(JSON.stringify({ port, actors }));
process.stdin.on("end", () => process.exit(0)).resume();
