// Makes a Postman collection and a HAR file of each of some OpenAPI descriptions.
//
//   node make_collections.cjs FOLDER OUT < FILES
//
// FOLDER contains node_modules. Each line of the standard input is the path of a description. OUT then contains
// NUMBER.postman.json and NUMBER.har; a description that a converter refuses is left out.
"use strict";
const fs = require("fs");
const path = require("path");

const [folder, out] = process.argv.slice(2);
const find = (name) => require.resolve(name, { paths: [path.resolve(folder)] });
const converter = require(find("openapi-to-postmanv2"));

function collectionOf(text, number) {
  // Descriptions without examples have their types in the places of values, as by the converter's default.
  const parametersResolution = number % 2 ? "Example" : "Schema";
  return new Promise((resolve) => {
    converter.convert({ type: "string", data: text }, { parametersResolution }, (error, found) =>
      resolve(error || !found.result ? null : found.output[0].data));
  });
}

function valuesOf(operation) {
  const values = { path: {}, query: {}, header: {}, cookie: {} };
  for (const one of operation.getParameters()) {
    const shown = one.example ?? (one.schema || {}).example ?? (one.schema || {}).default;
    const list = (one.schema || {}).type === "array" ? ["a b", "c"] : "a b/c";
    if (values[one.in] && (one.required || shown !== undefined)) values[one.in][one.name] = shown ?? list;
  }
  const bodies = operation.getRequestBodyExamples().find((one) => /json/.test(one.mediaType));
  if (bodies && bodies.examples.length) values.body = bodies.examples[0].value;
  return values;
}

async function callsOf(text) {
  const { default: Oas } = await import(find("oas"));
  const { default: harOf } = await import(find("@readme/oas-to-har"));
  const api = new Oas(JSON.parse(text));
  const entries = [];
  if (!api.url().startsWith("http")) return null;
  for (const methods of Object.values(api.getPaths())) {
    for (const operation of Object.values(methods)) {
      try {
        const found = harOf(api, operation, valuesOf(operation), {});
        entries.push(...found.log.entries.map((one) => ({ ...one, response: { content: { mimeType: "application/json" } } })));
      } catch {
        // An operation that the converter cannot read is none of ours.
      }
    }
  }
  return entries.length ? { log: { version: "1.2", entries } } : null;
}

async function main() {
  const files = fs.readFileSync(0, "utf8").split("\n").filter(Boolean);
  for (const [number, file] of files.entries()) {
    const text = fs.readFileSync(file, "utf8");
    for (const [make, suffix] of [[collectionOf, "postman.json"], [callsOf, "har"]]) {
      const found = await make(text, number).catch(() => null);
      if (found) fs.writeFileSync(path.join(out, `${number}.${suffix}`), JSON.stringify(found));
    }
  }
}
main().then(() => process.exit(0));
