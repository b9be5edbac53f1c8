// Runs single requests of Postman collections by postman-runtime, every host led to a recorder on this machine.
//
//   node postman_judge.cjs FOLDER PLAIN_PORT TLS_PORT
//
// FOLDER contains node_modules. Each line of the standard input is {"file", "index", "values", "params"}: a collection,
// which of its requests in the order of the file, and values for its variables and for those of the path. Each is answered by one line, {"error"}.
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");

const [folder, plain, secure] = process.argv.slice(2);
const load = (name) => require(require.resolve(name, { paths: [path.resolve(folder)] }));

require("./led_to_recorder.cjs").lead(plain, secure);

const { Runner } = load("postman-runtime");
const sdk = load("postman-collection");
// What Postman adds to every request is not compared.
const QUIET = { "cache-control": true, "postman-token": true, accept: true };

function requestsOf(items, found = []) {
  for (const one of items || []) {
    if (one && Array.isArray(one.item)) requestsOf(one.item, found);
    else if (one && one.request) found.push(one);
  }
  return found;
}

// What a person fills in before the request is sent: the path's variables, and a token that is asked for by a dialogue.
function filledIn(request, params) {
  const url = request.url;
  const path = typeof url === "string" ? url.split(/[?#]/)[0].split("/") : (url || {}).path || [];
  for (const segment of Array.isArray(path) ? path : String(path).split("/")) {
    const name = typeof segment === "string" && segment.startsWith(":") && segment.slice(1).split(".")[0];
    if (!name || !(name in params)) continue;
    if (typeof request.url === "string") request.url = new sdk.Url(url).toJSON();
    const listed = Array.isArray(request.url.variable) ? request.url.variable : (request.url.variable = []);
    const known = listed.filter((one) => one.key === name || one.id === name).pop();
    if (!known) listed.push({ key: name, value: params[name] });
    else if (typeof known.value !== "string" || !known.value) known.value = params[name];
  }
}

function signIn(node) {
  const scheme = node && node.auth && node.auth.type === "oauth2" && node.auth.oauth2;
  if (Array.isArray(scheme) && !scheme.some((one) => one.key === "accessToken" && one.value)) {
    scheme.push({ key: "accessToken", value: "a-token" });
  }
  for (const one of (node && node.item) || []) signIn(one);
}

function prepared(file, index, params) {
  const read = JSON.parse(fs.readFileSync(file, "utf8"));
  const value = read.collection && !read.item ? read.collection : read;
  const wanted = requestsOf(value.item)[index];
  wanted.id = "the-one";
  if (typeof wanted.request === "string") wanted.request = { url: wanted.request, method: "GET" };
  filledIn(wanted.request, params);
  signIn(value);
  signIn(wanted.request);
  const behavior = wanted.protocolProfileBehavior || {};
  const off = { ...QUIET, ...(behavior.disabledSystemHeaders || {}) };
  wanted.protocolProfileBehavior = { ...behavior, disabledSystemHeaders: off };
  const withoutScripts = (node) => {
    delete node.event;
    for (const one of node.item || []) if (one) withoutScripts(one);
  };
  withoutScripts(value);
  return new sdk.Collection(value);
}

function run({ file, index, values, params }, done) {
  const environment = new sdk.VariableScope();
  for (const [key, value] of Object.entries(values)) environment.set(key, value);
  const options = {
    environment,
    entrypoint: { execute: "the-one", lookupStrategy: "idOrName" },
    timeout: { request: 5000, global: 8000 },
    requester: { strictSSL: false, followRedirects: false, implicitCacheControl: false, implicitTraceHeader: false },
  };
  new Runner().run(prepared(file, index, params), options, (fault, started) => {
    if (fault) return done(String(fault));
    let error = "";
    started.start({
      request: (failed) => {
        if (failed) error = String(failed.message || failed);
      },
      done: (failed) => done(error || (failed ? String(failed.message || failed) : "")),
    });
  });
}

const waiting = [];
let busy = false;
function next() {
  if (busy || !waiting.length) return;
  busy = true;
  let answered = false;
  const answer = (error) => {
    if (answered) return;
    answered = true;
    process.stdout.write(`${JSON.stringify({ error })}\n`);
    busy = false;
    next();
  };
  try {
    run(JSON.parse(waiting.shift()), answer);
  } catch (error) {
    answer(String(error));
  }
}
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  waiting.push(line);
  next();
});
