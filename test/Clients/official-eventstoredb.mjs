// The official client for Node, against whatever speaks EventStoreDB's protocol at the address: says what it found, and throws where it is not what a server does.
//   node official-eventstoredb.mjs esdb://127.0.0.1:2113?tls=false PREFIX
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  ANY, BACKWARDS, END, EventStoreDBClient, FORWARDS, MaxAppendSizeExceededError, NO_STREAM, START, STREAM_EXISTS, StreamDeletedError, StreamNotFoundError,
  WrongExpectedVersionError, jsonEvent, streamNameFilter,
} from "@eventstore/db-client";

const [address, prefix] = process.argv.slice(2);
const client = EventStoreDBClient.connectionString(address);
const stream = `${prefix}order-1`;

// Whoever has a name appends by a call of its own, everybody else in batches.
const named = new URL(address.replace(/^[^:]+:/, "http:"));
const credentials = { username: decodeURIComponent(named.username) || "admin", password: decodeURIComponent(named.password) || "changeit" };
const event = (type, data) => jsonEvent({ id: randomUUID(), type, data, metadata: { correlationId: "corr-1" } });
const placed = event("order-placed", { quantity: 2 });
const confirmed = event("order-confirmed", { at: "2026-01-05T09:00:00Z" });

const done = [];
async function check(what, act) {
  await act();
  done.push(what);
}

async function read(name, options) {
  const found = [];
  for await (const { event: recorded } of client.readStream(name, options)) {
    found.push(recorded);
  }
  return found;
}

// Ends when so many events came, in the order in which they came.
function first(count, subscription) {
  return new Promise((resolve, reject) => {
    const heard = [];
    subscription.on("data", ({ event: recorded }) => {
      heard.push(recorded);
      if (heard.length === count) {
        subscription.unsubscribe().then(() => resolve(heard), reject);
      }
    });
    subscription.on("error", reject);
  });
}

await check("appends two events to a new stream", async () => {
  const result = await client.appendToStream(stream, [placed, confirmed], { expectedRevision: NO_STREAM });
  assert.equal(result.success, true);
  assert.equal(result.nextExpectedRevision, 1n);
});

await check("appends the same again and nothing comes of it", async () => {
  assert.equal((await client.appendToStream(stream, [placed, confirmed], { expectedRevision: NO_STREAM })).nextExpectedRevision, 1n);
  assert.equal((await read(stream)).length, 2);
});

await check("is refused at a revision that others passed, in a batch and by itself", async () => {
  for (const options of [{}, { credentials }]) {
    const refused = await client.appendToStream(stream, [event("order-shipped", {})], { expectedRevision: 0n, ...options }).catch((e) => e);
    assert.ok(refused instanceof WrongExpectedVersionError, String(refused));
    assert.equal(refused.actualVersion, 1n);
  }
});

await check("appends at the revision that it knows, at any, and where there is a stream", async () => {
  assert.equal((await client.appendToStream(stream, [event("order-shipped", {})], { expectedRevision: 1n, credentials })).nextExpectedRevision, 2n);
  assert.equal((await client.appendToStream(stream, [event("order-shipped", {})], { expectedRevision: ANY })).nextExpectedRevision, 3n);
  assert.equal((await client.appendToStream(stream, [event("order-completed", {})], { expectedRevision: STREAM_EXISTS })).nextExpectedRevision, 4n);
});

await check("reads forwards and backwards what was written", async () => {
  const [one, two] = await read(stream, { direction: FORWARDS, fromRevision: START, maxCount: 2 });
  assert.deepEqual([one.id, one.type, one.revision, one.data, one.metadata], [placed.id, "order-placed", 0n, { quantity: 2 }, { correlationId: "corr-1" }]);
  assert.deepEqual([two.id, two.revision, two.streamId], [confirmed.id, 1n, stream]);
  assert.deepEqual((await read(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 2 })).map((e) => e.revision), [4n, 3n]);
});

await check("is told of a stream that is not there", async () => {
  await assert.rejects(read(`${prefix}nothing-1`), (e) => e instanceof StreamNotFoundError);
  const refused = await client.appendToStream(`${prefix}nothing-1`, [event("x", {})], { expectedRevision: STREAM_EXISTS }).catch((e) => e);
  assert.ok(refused instanceof WrongExpectedVersionError, String(refused));
});

await check("is refused what is too large", async () => {
  const refused = await client.appendToStream(`${prefix}large-1`, [event("large", { text: "x".repeat(1_100_000) })]).catch((e) => e);
  assert.ok(refused instanceof MaxAppendSizeExceededError, String(refused));
});

await check("reads all from a position on", async () => {
  const found = [];
  for await (const { event: recorded } of client.readAll({ direction: FORWARDS, fromPosition: START, maxCount: 1_000_000 })) {
    if (recorded?.streamId === stream) {
      found.push(recorded.revision);
    }
  }
  assert.deepEqual(found, [0n, 1n, 2n, 3n, 4n]);
});

await check("follows all streams of a prefix, from the beginning and live", async () => {
  const heard = first(6, client.subscribeToAll({ fromPosition: START, filter: streamNameFilter({ prefixes: [`${prefix}order-`] }) }));
  await client.appendToStream(`${prefix}order-2`, [event("order-placed", {})]);
  assert.deepEqual((await heard).map((e) => e.streamId.at(-1) + e.revision), ["10", "11", "12", "13", "14", "20"]);
});

await check("follows one stream from a revision on", async () => {
  const heard = first(2, client.subscribeToStream(stream, { fromRevision: 2n }));
  assert.deepEqual((await heard).map((e) => e.revision), [3n, 4n]);
});

await check("deletes a stream, which goes on where it was, and tombstones it, which ends it", async () => {
  await client.deleteStream(stream, { expectedRevision: 4n });
  await assert.rejects(read(stream), (e) => e instanceof StreamNotFoundError);
  assert.equal((await client.appendToStream(stream, [event("order-placed", {})], { expectedRevision: NO_STREAM })).nextExpectedRevision, 5n);
  assert.deepEqual((await read(stream)).map((e) => e.revision), [5n]);
  await client.tombstoneStream(stream);
  await assert.rejects(read(stream), (e) => e instanceof StreamDeletedError);
  for (const options of [{}, { credentials }]) {
    await assert.rejects(client.appendToStream(stream, [event("order-placed", {})], options), (e) => e instanceof StreamDeletedError);
  }
});

await client.dispose();
console.log(done.join("\n"));
