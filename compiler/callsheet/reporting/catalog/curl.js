"use strict";
// A plain curl line → the action that `callsheet import curl` writes of it, or a refusal: whatever is not
// certain here is for the compiler. It uses request.js, yaml.js and credentials.js.

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const QUIET = ["s", "S", "i", "v", "f"];
const QUIET_LONG = ["silent", "show-error", "include", "verbose", "fail", "fail-with-body"];
const NOTED = {
  L: "-L was ignored: a redirect of a write is never followed", k: "-k was ignored: TLS is always verified",
  compressed: "--compressed was left out: whoever calls an action asks for what it can read",
};
const NOTED_LONG = { location: NOTED.L, insecure: NOTED.k, compressed: NOTED.compressed };
const TAKING = { X: "request", H: "header", d: "data", u: "user" };
const TAKING_LONG = ["request", "header", "data", "data-raw", "data-ascii", "data-binary", "json", "url", "user"];
const BY_A_TOOL = /^(?:mozilla|insomnia|postmanruntime|curl|httpie|bruno-runtime|axios|python-requests)\/[0-9]/i;
const ODD = /[^\P{C}\n\t]|[\u0085\u2028\u2029\ufeff]/u;
const TEMPLATE = /\{\{|\{%|\{#/;
const sentence = name => { const text = name.replace(/_/g, " "); return text.charAt(0).toUpperCase() + text.slice(1); };

function wordsOf(line) {
  // The words of a shell's line without anything that a shell would run, fill in or make several words of.
  const odd = ODD.exec(line) || /[`$^\r]/.exec(line);
  if (odd) throw new Unread(odd[0]);
  const words = [];
  let at = 0, word = null;
  const text = line.trim();
  while (at < text.length) {
    const one = text[at];
    if (one === " " || one === "\t") {
      if (word !== null) words.push(word);
      word = null;
      at++;
    } else if (text.startsWith("\\\n", at)) {
      at += 2;
    } else if (one === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) throw new Unread("'");
      word = (word || "") + text.slice(at + 1, end);
      at = end + 1;
    } else if (one === '"') {
      let found = "";
      for (at++; text[at] !== '"'; at++) {
        if (at >= text.length) throw new Unread('"');
        if (text[at] === "\\") {
          at++;
          if (text[at] !== '"' && text[at] !== "\\") throw new Unread("\\" + (text[at] || ""));
        }
        found += text[at];
      }
      word = (word || "") + found;
      at++;
    } else if (/[\w:/.@=%+,?-]/.test(one)) {
      word = (word || "") + one;
      at++;
    } else {
      throw new Unread(one);
    }
  }
  return word === null ? words : [...words, word];
}

function askedOf(words) {
  // The options of the line: {method, url, headers, data, isJson, user, notes}.
  const asked = { method: "", url: "", headers: [], data: null, isJson: false, user: null, notes: [] };
  const rest = words.slice(1);
  if (words[0] !== "curl") throw new Unread(words[0] && /^[\w.-]{1,20}$/.test(words[0]) ? words[0] : "");
  const take = name => {
    if (!rest.length) throw new Unread();
    option(asked, name, rest.shift());
  };
  while (rest.length) {
    const word = rest.shift();
    if (word.startsWith("--")) {
      const name = word.slice(2);
      if (own(NOTED_LONG, name)) asked.notes.push(NOTED_LONG[name]);
      else if (TAKING_LONG.includes(name)) take(name);
      else if (!QUIET_LONG.includes(name)) throw new Unread(/^[a-z0-9.-]+$/.test(name) ? word : "");
    } else if (word.startsWith("-")) {
      for (const [at, letter] of [...word.slice(1)].entries()) {
        if (own(TAKING, letter)) {
          if (word.length > at + 2) option(asked, TAKING[letter], word.slice(at + 2));
          else take(TAKING[letter]);
          break;
        }
        if (own(NOTED, letter)) asked.notes.push(NOTED[letter]);
        else if (!QUIET.includes(letter)) throw new Unread("-" + letter);
      }
      if (word === "-") throw new Unread();
    } else {
      option(asked, "url", word);
    }
  }
  return asked;
}

function option(asked, name, value) {
  if (name === "request") {
    if (!METHODS.includes(value)) throw new Unread("-X");
    asked.method = value;
  } else if (name === "url") {
    if (asked.url) throw new Unread("--url");
    asked.url = value;
  } else if (name === "user") {
    if (asked.user || !/^[\x21-\x7e]+$/.test(value)) throw new Unread("-u");
    const [user, ...password] = value.split(":");
    asked.user = [user, password.join(":")];
  } else if (name === "header") {
    const found = /^([A-Za-z][A-Za-z0-9-]*):[ \t]*([\x20-\x7e]*[\x21-\x7e])[ \t]*$/.exec(value);
    if (!found || TEMPLATE.test(value)) throw new Unread("-H");
    asked.headers.push([found[1], found[2].trim()]);
  } else {
    if (asked.data !== null || value.startsWith("@") || !value) throw new Unread("--" + name);
    asked.data = value;
    asked.isJson = name === "json";
  }
}

class Writer {
  constructor(name, judge, notes) {
    this.name = name;
    this.judge = judge;
    this.notes = notes;
    this.secrets = new Map();
    this.declared = {};
    this.people = new Map();
  }
  reference(what, value) {
    // The name of the secret's variable: the value goes no further.
    const words = `${this.name}_${what}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_").replace(/^_+|_+$/g, "");
    const name = /^[0-9]/.test(words) ? "KEY_" + words : words;
    let chosen = name;
    for (let number = 2; (this.secrets.has(chosen) ? this.secrets.get(chosen) : value) !== value; number++) chosen = `${name}_${number}`;
    this.secrets.set(chosen, value);
    return { secret: "env:" + chosen };
  }
  parameter(value, path, kind) {
    if (kind !== "text" && this.people.has(value)) return this.people.get(value);
    const name = parameterName(lastKey(path, "value"));
    let chosen = name;
    for (let number = 2; own(this.declared, chosen) && this.declared[chosen].example !== value; number++) chosen = `${name}_${number}`;
    const sensitivity = kind === "text" ? {} : { sensitivity: kind };
    put(this.declared, chosen, { type: "string", label: { en: sentence(chosen) }, ...sensitivity, example: value });
    if (kind !== "text") this.people.set(value, chosen);
    return chosen;
  }
  payload(value, path) {
    // What is written, and what the test case expects: [written, expected].
    if (Array.isArray(value)) {
      const pairs = value.map((one, at) => this.payload(one, [...path, at]));
      return [pairs.map(one => one[0]), pairs.map(one => one[1])];
    }
    if (isMapping(value)) {
      const written = {}, expected = {};
      for (const key of Object.keys(value)) {
        // A key that is a number comes first here, whatever its place was: names would be given in another order.
        if (!/^[A-Za-z0-9_.@ -]+$/.test(key) || /^[0-9]+$/.test(key)) throw new Unread();
        const [one, other] = this.payload(value[key], this.judge.judgedPath([...path, key], value));
        put(written, key, one);
        put(expected, key, other);
      }
      return [written, expected];
    }
    if (value === null || typeof value === "boolean") return [value, value];
    if (this.judge.leaf(value, path)) {
      const key = lastKey(path, "value");
      // A number may be written in several ways, and two secrets have two references.
      if (!isText(value)) throw new Unread();
      const found = this.reference(key, value);
      return [found, found];
    }
    if (!isText(value)) return [value, value];
    const kind = guessOf(value, path);
    if (kind) return [`{{ params.${this.parameter(value, path, kind)} }}`, value];
    if (TEMPLATE.test(value)) throw new Unread();
    return [value, value];
  }
}

function urlOf(text, judge) {
  const found = /^https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]+(?::[1-9][0-9]{1,4})?)((?:\/[\w.~:-]*)*)(?:\?([\w.~=&-]+))?$/.exec(text);
  if (!found || found[2].split("/").some(one => one === "." || one === "..") || judge.path(found[1] + found[2])) throw new Unread();
  const pairs = found[3] ? found[3].split("&").map(one => one.split("=")) : [];
  const names = pairs.map(one => one[0]);
  if (pairs.some(one => one.length !== 2 || !one[0]) || new Set(names).size < names.length) throw new Unread();
  return { host: found[1].split(":")[0], base: text.split("?")[0], path: found[2], pairs };
}

function nameFrom({ host, path }, belowCountries) {
  const words = path.split(/[^A-Za-z0-9]+/).filter(one => /^[A-Za-z]+$/.test(one)).slice(-2);
  const parts = host.split("."), last = parts[parts.length - 1];
  const isBelow = parts.length > 2 && last.length < 3 && belowCountries.includes(parts[parts.length - 2]);
  const all = [parts.slice(isBelow ? -3 : -2)[0], ...words].join("_").toLowerCase();
  return all.replace(/[^a-z0-9]+/g, "_").slice(0, 30).replace(/^_+|_+$/g, "");
}

function actionOfCurl(line, known) {
  // {document, head}: what the compiler's import writes. Throws Unread for a line that is for the compiler.
  const asked = askedOf(wordsOf(line)), judge = new Judge(known.patterns), url = urlOf(asked.url, judge);
  const writer = new Writer(nameFrom(url, known.belowCountries), judge, asked.notes);
  const body = asked.data === null ? undefined : bodyOf(asked.data), names = asked.headers.map(one => one[0].toLowerCase());
  if (new Set(names).size < names.length) throw new Unread();
  const media = asked.headers.find(one => one[0].toLowerCase() === "content-type");
  if (body !== undefined && media && !/^application\/([a-z0-9.-]+\+)?json *(;|$)/i.test(media[1])) throw new Unread("-H " + media[0]);
  const add = (name, value) => { if (!names.includes(name.toLowerCase())) asked.headers.push([name, value]); };
  if (asked.isJson) ["Content-Type", "Accept"].forEach(one => add(one, "application/json"));
  else if (body !== undefined && !names.includes("content-type")) {
    asked.notes.push("the payload is sent as JSON: without a Content-Type, curl says it is a form");
    add("Content-Type", "application/json");
  }
  const { authentication, headers, query } = credentialsOf(asked, url, writer);
  const order = url.pairs.map(one => one[0]).filter(one => own(query, one));
  if (order.join("&") !== [...order].sort().join("&")) asked.notes.push("the query is sent in the order of its names");
  const method = asked.method || (body === undefined ? "GET" : "POST");
  const sent = Object.keys(query).sort().map(key => `${key}=${query[key]}`).join("&");
  const request = { method, url: url.base }, expected = { method, url: url.base + (sent && "?" + sent) };
  if (Object.keys(headers).length) request.headers = expected.headers = headers;
  if (Object.keys(query).length) request.query = query;
  if (body !== undefined) [request.payload, expected.payload] = writer.payload(body, []);
  const vendor = known.vendors.find(one => url.host.endsWith(one[0])), params = {};
  for (const key of Object.keys(writer.declared)) put(params, key, writer.declared[key].example);
  const spec = { request, authentication };
  if (Object.keys(params).length) spec.parameters = writer.declared;
  if (own(known.contracts, url.host)) spec.contract = known.contracts[url.host];
  spec.tests = [{ name: "as it was imported", params, expect: expected }];
  const metadata = { name: writer.name, title: { en: sentence(writer.name) } };
  if (vendor) metadata.labels = { vendor: vendor[1], channel: vendor[2] };
  const head = [...new Set(asked.notes)].map(one => "# " + one);
  return { document: { apiVersion: "callsheet/v1", kind: "Action", metadata, spec }, head };
}

function bodyOf(text) {
  const found = parsed(text);
  if (/\\u/.test(text) || !found || found.inexact || !isMapping(found.value) || hasTwice(text)) throw new Unread("-d");
  // Whether it is a device's or the account's is for the compiler to say.
  if (Object.hasOwn(found.value, "token")) throw new Unread();
  return found.value;
}

function hasTwice(text) {
  // Whether a mapping has a key twice, or a whole number is beyond what JSON keeps.
  let keys = 0, twice = false;
  JSON.parse(text, (key, one) => {
    if (isMapping(one)) keys += Object.keys(one).length;
    twice = twice || (typeof one === "number" && Number.isInteger(one) && Math.abs(one) > Number.MAX_SAFE_INTEGER);
    return one;
  });
  const written = text.match(/"(?:[^"\\]|\\.)*"\s*:?/g) || [];
  return twice || written.filter(one => one.endsWith(":")).length !== keys;
}

const ONE_WORD = /^[^\s,;="']+=*$/;
// A credential alone: what stands before or between the parts of another one is for the compiler to say.

function credentialsOf(asked, url, writer) {
  // At most one credential, beside the payload: of two, the compiler says which is which.
  const headers = {}, query = {};
  let authentication = { type: "none" };
  const authenticate = found => {
    if (authentication.type !== "none") throw new Unread();
    authentication = found;
  };
  const key = (name, where, value) => authenticate({ type: "apiKey", name, in: where, value: writer.reference(name, value) });
  if (asked.user) {
    const [user, password] = asked.user;
    authenticate({
      type: "basic", username: user ? writer.reference("username", user) : "",
      password: password ? writer.reference("password", password) : "",
    });
  }
  for (const [name, value] of asked.headers) {
    const low = name.toLowerCase();
    if (["host", "content-length", "accept-encoding"].includes(low)) throw new Unread("-H " + name);
    if (low === "user-agent" && BY_A_TOOL.test(value)) asked.notes.push(`the header ${name} was left out: it is that of a browser or a tool`);
    else if (low === "connection") asked.notes.push(`the header ${name} was left out: it belongs to one connection`);
    else if (low === "cookie") asked.notes.push("the header Cookie was left out: an action has no session".replace("Cookie", name));
    else if (low === "authorization") {
      const found = /^bearer ([^\s]+)$/i.exec(value);
      if (!found || !ONE_WORD.test(found[1])) throw new Unread("-H " + name);
      authenticate({ type: "bearer", token: writer.reference("token", found[1]) });
    } else if (writer.judge.field(name, value)) {
      if (!ONE_WORD.test(value)) throw new Unread();
      key(name, "header", value);
    } else put(headers, name, value);
  }
  for (const [name, value] of url.pairs) {
    if (writer.judge.field(name, value)) key(name, "query", value);
    else put(query, name, value);
  }
  return { authentication, headers, query };
}
