// One Fedify server with one actor: it notes what comes in, what is proven of it, and whether Fedify accepted it.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { schemeOf } from "./loopback.js";

const TERMS = "https://w3id.org/fep/0837"; // Fedify does not bring this context with it; here it has fetched it before
const TERMS_FILE = new URL("../../../activitypub/contexts/fep-0837.jsonld", import.meta.url);

/** Listen on a free port of this machine, and give the port. `answer` makes a Response of a Request. */
export async function listen(answer) {
  const server = createServer(async (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const body = method === "POST" ? await buffer(incoming) : undefined;
    const request = new Request(`http://${headers.host}${url}`, { method, headers, body });
    const response = await answer(request).catch((error) => new Response(error.stack, { status: 500 }));
    const content = Buffer.from(await response.arrayBuffer());
    outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), "content-length": content.length });
    outgoing.end(content);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server.address().port;
}

/**
 * Start a server for the actor `name`, and give its address and what it can be told to do.
 *
 * `firstKnock` is the kind of signature it begins with. `refuses` is one that it does not know ("cavage", "rfc9421").
 * A `guarded` one shows its actor and its posts to nobody without a signature.
 */
export async function serve(fedify, keys, name, { firstKnock, refuses, guarded = false }) {
  const { Accept, Activity, Create, Endpoints, Follow, Note, Organization, PUBLIC_COLLECTION, Reject, Undo } = fedify;
  const received = [];
  const heard = new Map();
  const notes = new Map();
  let follow = null;

  const origin = `http://${name}.localhost:${await listen(receive)}`;
  const kv = new fedify.MemoryKvStore();
  const document = JSON.parse(await readFile(TERMS_FILE, "utf8"));
  await kv.set(["_fedify", "remoteDocument", TERMS], { contextUrl: null, documentUrl: TERMS, document });

  const federation = fedify.createFederation({ kv, origin, firstKnock, allowPrivateAddress: true });
  const context = federation.createContext(new URL(origin), undefined);
  const mayRead = async (asked) => !guarded || (await asked.getSignedKeyOwner()) != null;

  federation
    .setActorDispatcher("/users/{identifier}", async (asked, identifier) => {
      if (identifier !== name) return null;
      const pairs = await asked.getActorKeyPairs(name);
      return new Organization({
        id: own,
        preferredUsername: name,
        name: `${name} on Fedify`,
        inbox: asked.getInboxUri(name),
        endpoints: new Endpoints({ sharedInbox: asked.getInboxUri() }),
        publicKey: pairs[0].cryptographicKey,
        assertionMethods: pairs.map((pair) => pair.multikey),
      });
    })
    .setKeyPairsDispatcher(() => keys)
    .authorize(mayRead);
  const own = context.getActorUri(name);
  federation.setObjectDispatcher(Note, "/notes/{id}", (_, { id }) => notes.get(id) ?? null).authorize(mayRead);
  federation.setInboxListeners("/users/{identifier}/inbox", "/inbox").on(Activity, async (inbox, activity) => {
    // An answer holds our own Follow, which is of another origin than the answer; all else must be of the same.
    const crossOrigin = activity instanceof Accept || activity instanceof Reject ? "trust" : "ignore";
    const object = await activity.getObject({ ...inbox, crossOrigin });
    const title = object?.name?.toString() ?? null;
    heard.set(activity.id.href, { type: object?.constructor.name, id: object?.id?.href, title });
    if (activity instanceof Follow) {
      await deliver(activity.actorId, new Accept({ id: fresh("accepts"), actor: own, object: activity }));
    }
  });

  async function receive(request) {
    const scheme = schemeOf(request.headers);
    const understood = scheme !== refuses;
    if (request.method !== "POST") return understood || !guarded ? answer(request) : refusal();
    const document = await request.clone().json();
    const { id, type } = document;
    const note = { id, type, scheme, status: 401, key: null, proof: null, object: null };
    if (understood) {
      note.key = (await fedify.verifyRequest(request.clone(), context))?.id.href ?? null;
      note.proof = await prove(document);
    }
    const response = understood ? await answer(request) : refusal();
    note.status = response.status;
    if (response.ok) note.object = heard.get(id) ?? null;
    received.push(note);
    return response;
  }

  function answer(request) {
    return federation.fetch(request, { contextData: undefined });
  }

  function refusal() {
    return new Response("An unknown kind of signature.", { status: 401 });
  }

  /** The key whose proof over a document holds; null where it has none, or one that does not hold. */
  async function prove(document) {
    const object = await fedify.Object.fromJsonLd(document, context);
    for await (const proof of object.getProofs(context)) {
      const key = await fedify.verifyProof(document, proof, context);
      const whole = await fedify.verifyObject(fedify.Object, document, context);
      return whole == null ? null : (key?.id.href ?? null);
    }
    return null;
  }

  async function deliver(to, activity) {
    const actor = await context.lookupObject(to);
    try {
      await context.sendActivity({ identifier: name }, actor, activity, { preferSharedInbox: true });
    } catch (error) {
      return { refused: error.message };
    }
    return { refused: null };
  }

  function fresh(path) {
    return new URL(`/${path}/${crypto.randomUUID()}`, origin);
  }

  const verbs = {
    received: () => received,
    follow: ({ actor }) => {
      follow = new Follow({ id: fresh("follows"), actor: own, object: new URL(actor) });
      return deliver(actor, follow);
    },
    unfollow: ({ actor }) => deliver(actor, new Undo({ id: fresh("undos"), actor: own, object: follow })),
    post: async ({ to, content, replyTo = null }) => {
      const id = fresh("notes");
      const tos = [PUBLIC_COLLECTION, new URL(to)];
      const note = new Note({ id, attribution: own, content, tos, replyTarget: replyTo && new URL(replyTo) });
      notes.set(id.pathname.split("/").pop(), note);
      await deliver(to, new Create({ id: fresh("creates"), actor: own, object: note, tos }));
      return { id: id.href };
    },
    propose: async ({ to, name: title, unit, value }) => {
      if (fedify.Proposal === undefined) return { id: null }; // Fedify 1 has no such class
      const id = fresh("proposals");
      const resourceQuantity = new fedify.Measure({ unit, numericalValue: value });
      const publishes = new fedify.Intent({ id: new URL("#primary", id), action: "transfer", resourceQuantity });
      const offer = { purpose: "offer", unitBased: true, publishes, name: title, content: title };
      const object = new fedify.Proposal({ id, attribution: own, to: new URL(to), ...offer });
      await deliver(to, new Create({ id: fresh("creates"), actor: own, object, to: new URL(to) }));
      return { id: id.href };
    },
    prove: async ({ document }) => ({ key: await prove(document) }),
    fetch: async ({ url, signed }) => {
      try {
        const load = signed ? await context.getDocumentLoader({ identifier: name }) : context.documentLoader;
        return { document: (await load(url)).document };
      } catch (error) {
        return { document: null, error: error.message };
      }
    },
    find: async ({ handle }) => {
      const found = await context.lookupObject(handle);
      return { id: found?.id?.href, type: found?.constructor.name, name: found?.name?.toString() };
    },
    profile: async ({ actor }) => {
      const found = await context.lookupObject(actor);
      const ways = [];
      for await (const way of found.getAttachments(context)) ways.push([`${way.name}`, `${way.value}`]);
      const icon = await found.getIcon(context);
      return { names: found.names.map(String), icon: [icon?.mediaType, icon?.url?.href], ways };
    },
    outbox: async ({ actor }) => {
      const outbox = await (await context.lookupObject(actor)).getOutbox(context);
      const items = [];
      for await (const item of context.traverseCollection(outbox)) items.push(item.id.href);
      return items;
    },
    webfinger: ({ resource }) => context.lookupWebFinger(resource),
    nodeinfo: ({ document }) => fedify.parseNodeInfo(document), // fetching one it refuses for every private address
  };
  return { actor: own.href, verbs };
}
