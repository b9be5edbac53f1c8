// Runs the requests of an Insomnia export (format 4) by Insomnia's own `insomnia-send-request`, every host led to a recorder.
//
//   node insomnia_judge.cjs PACKAGES PLAIN_PORT TLS_PORT ENVIRONMENT < EXPORT.json
//
// PACKAGES contains node_modules. ENVIRONMENT is the id of one of the export's. Each request is answered by one line, {"id", "error"}.
"use strict";
const fs = require("fs");
const os = require("os");
const path = require("path");

const [packages, plain, secure, environment] = process.argv.slice(2);
process.env.INSOMNIA_DATA_PATH = fs.mkdtempSync(path.join(os.tmpdir(), "insomnia-"));
const load = (name, from) => require(require.resolve(name, { paths: [from] }));
const sender = path.dirname(require.resolve("insomnia-send-request", { paths: [path.resolve(packages)] }));
const { Curl } = load("@getinsomnia/node-libcurl", sender);

// The plugins that make template tags are loaded by it.
global.require = module.constructor.createRequire(path.join(sender, "index.js"));

const setOpt = Curl.prototype.setOpt;
Curl.prototype.setOpt = function (option, value) {
  if (option === Curl.option.URL) {
    const port = /^https:/i.test(value) ? secure : plain;
    setOpt.call(this, Curl.option.FORBID_REUSE, 1);
    setOpt.call(this, Curl.option.CONNECT_TO, [`::127.0.0.1:${port}`]);
  }
  // By this header the recorder's requests are told apart.
  const sent = option === Curl.option.HTTPHEADER ? [...value, `X-Judged: ${current}`] : value;
  return setOpt.call(this, option, sent);
};
let current = "";

const { getSendRequestCallbackMemDb } = load("insomnia-send-request", sender);
const written = process.stdout.write.bind(process.stdout);
console.log = console.info = console.warn = () => {};

async function main() {
  const listed = JSON.parse(fs.readFileSync(0, "utf8")).resources;
  const database = {};
  for (const one of listed) {
    const type = one._type
      .split("_")
      .map((word) => word[0].toUpperCase() + word.slice(1))
      .join("");
    (database[type] = database[type] || []).push({ ...one, type });
  }
  const settings = { validateSSL: false, followRedirects: false };
  const send = await getSendRequestCallbackMemDb(environment, database, settings);
  for (const one of listed.filter((it) => it._type === "request")) {
    let error = "";
    current = one._id;
    try {
      const answer = await send(one._id);
      // The recorder reads no line with a blank in its path, and says so.
      if (answer.status !== 200) error = String(answer.statusMessage || answer.status || "no answer");
    } catch (fault) {
      error = String((fault && fault.message) || fault);
    }
    written(`${JSON.stringify({ id: one._id, error })}\n`);
  }
  fs.rmSync(process.env.INSOMNIA_DATA_PATH, { recursive: true });
  process.exit(0);
}
main();
