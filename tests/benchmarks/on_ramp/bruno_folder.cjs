// Writes a collection that Bruno exported as the folder that Bruno keeps of it, by Bruno's own code.
//
//   node bruno_folder.cjs PACKAGES FOLDER < COLLECTION.json
//
// PACKAGES contains node_modules. Requests are files named by their number in the order of the collection, folders by their name.
"use strict";
const fs = require("fs");
const path = require("path");

const [packages, target] = process.argv.slice(2);
const options = { format: "bru" };
const store = require(require.resolve("@usebruno/filestore", { paths: [path.resolve(packages)] }));
const value = JSON.parse(fs.readFileSync(0, "utf8"));
let number = 0;

function write(folder, name, text) {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
}

function items(listed, folder) {
  for (const one of listed) {
    if (one.items) {
      const inner = path.join(folder, one.name);
      write(inner, "folder.bru", store.stringifyFolder({ meta: { name: one.name }, ...one.root }, options));
      items(one.items, inner);
    } else {
      number += 1;
      const written = { ...one, seq: number, type: `${one.type}-request` };
      write(folder, `${String(number).padStart(4, "0")}.bru`, store.stringifyRequest(written, options));
    }
  }
}

write(target, "bruno.json", JSON.stringify({ version: "1", name: value.name, type: "collection" }));
if (value.root) write(target, "collection.bru", store.stringifyCollection(value.root, {}, options));
for (const one of value.environments || []) {
  write(path.join(target, "environments"), `${one.name}.bru`, store.stringifyEnvironment(one, options));
}
items(value.items, target);
