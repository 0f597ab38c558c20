// Looks at an AsyncAPI document with libraries that are not ours: events.js DOCUMENT [EVENTS.ndjson]. Prints what is wrong, a line each.
import fs from "node:fs";
import { Parser } from "@asyncapi/parser";
import Ajv from "ajv";
import formats from "ajv-formats";

const [documentFile, eventsFile] = process.argv.slice(2);
const text = fs.readFileSync(documentFile, "utf8");

const { diagnostics } = await new Parser().parse(text);
for (const d of diagnostics) console.log(`${d.path.join("/")}: ${d.message}`);

if (eventsFile) {
  const document = JSON.parse(text);
  const ajv = formats.default(new Ajv({ strict: false, allErrors: true }));
  const schemas = Object.fromEntries(Object.entries(document.components.schemas).map(([name, schema]) => [name, ajv.compile(schema)]));
  // Webhooks go to addresses that others name: nothing of the log stands there.
  const channels = Object.values(document.channels).filter((c) => c.address);
  for (const line of fs.readFileSync(eventsFile, "utf8").split("\n").filter(Boolean)) {
    const event = JSON.parse(line);
    const channel = channels.find((c) => event.stream.startsWith(c.address.replace("{id}", "")) && event.type in c.messages);
    if (!channel) console.log(`${event.type} stands in no channel for the stream ${event.stream}`);
    for (const [name, value] of [[event.type, event.data], ["metadata", event.metadata]]) {
      if (!schemas[name]?.(value)) console.log(`${event.type} ${name}: ${ajv.errorsText(schemas[name]?.errors)}`);
    }
  }
}
