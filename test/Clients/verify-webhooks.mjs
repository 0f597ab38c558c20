// Verifies webhooks as a receiver does: those of v1 by the library of Standard Webhooks, those of v1a by Node's own Ed25519.
// Reads a JSON list of { key, id, timestamp, signature, body } from the file that is named, and says ok or why not, a line each.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

// What stands before a raw Ed25519 key in its DER form (RFC 8410).
const beforeKey = Buffer.from("302a300506032b6570032100", "hex");

function verifyAsymmetric({ key, id, timestamp, signature, body }) {
  const publicKey = createPublicKey({
    key: Buffer.concat([beforeKey, Buffer.from(key.slice("whpk_".length), "base64")]),
    format: "der",
    type: "spki",
  });
  const signed = Buffer.from(`${id}.${timestamp}.${body}`);
  const isSigned = signature
    .split(" ")
    .filter((s) => s.startsWith("v1a,"))
    .some((s) => verify(null, signed, publicKey, Buffer.from(s.slice("v1a,".length), "base64")));
  if (!isSigned) {
    throw new Error("No matching signature found");
  }
}

function verifySymmetric({ key, id, timestamp, signature, body }) {
  new Webhook(key).verify(body, { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature });
}

for (const message of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  try {
    (message.key.startsWith("whpk_") ? verifyAsymmetric : verifySymmetric)(message);
    console.log("ok");
  } catch (error) {
    console.log(error.message);
  }
}
