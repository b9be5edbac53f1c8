"use strict";
// Is a name or a value of a pasted line a credential, or a personal datum? Judged by the compiler's own
// expressions, which come with the page; where only the compiler can tell, it says so. It uses request.js.

class Unread extends Error {
  // `part` is what of the line only the compiler can read; empty where a value may be a credential, which is not repeated.
  constructor(part = "") {
    super("unread");
    this.part = part;
  }
}
const PAIR_VALUES = ["value", "val", "data", "content"], USERS = ["user", "username", "login", "account", "email"];
const PAIR_NAMES = ["key", "name", "field", "id", "header", "variable", "property", "parameter", "type"];
const DEVICES = ["token", "fid", "device_token", "registration_token", "installation_id", "registration_id"];
const TEXTS = ["title", "subject", "text", "body", "message", "html", "caption", "content"];
const lastKey = (path, otherwise = "") => path.filter(one => typeof one === "string").pop() || otherwise;
const isText = value => typeof value === "string";

function decodedPart(text) {
  // A part of a URL without its escapes; as it is, where they are no UTF-8.
  try { return decodeURIComponent(text); } catch { return text; }
}

class Judge {
  // Whether a name or a text is a credential, by the compiler's expressions.
  constructor(patterns) {
    this.patterns = new Map(Object.entries(patterns).map(([name, source]) => [name, new RegExp(source)]));
  }
  is(name, text) { return this.patterns.has(name) && this.patterns.get(name).test(text); }
  words(name) { return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g) || []).map(one => one.toLowerCase()); }
  mayBe(text) { return text.length >= 8 && this.is("secret", text); }
  isPlain(name) {
    const words = this.words(name), last = words[words.length - 1] || "", before = words[words.length - 2];
    return this.is("plainLast", last) || (before !== undefined && this.is(`before ${last}`, before));
  }
  hasSecretWord(name) {
    const words = this.words(name);
    if (words.slice(-3).join(" ") === "mot de passe" || this.is("otherLetters", name)) return true;
    return words.some(one => this.is("secretWord", one)) && !this.is("ofASecret", words[words.length - 1]);
  }
  isNamed(name) {
    const words = this.words(name);
    if (!words.length || this.isPlain(name)) return false;
    while (words.length > 1 && /^(?:value|[0-9]+)$/.test(words[words.length - 1])) words.pop();
    const last = words[words.length - 1], before = words[words.length - 2] || "";
    if (last === "token") return before !== "" && !this.is("address", before);
    return this.is("last", last) || this.is("together", before + last) || (last === "key" && this.is("beforeKey", before)) || (last === "id" && before === "session");
  }
  field(name, value) {
    // Of a header or a query parameter; refused where only the compiler can tell.
    if (/^(?:bearer|basic) /i.test(value)) throw new Unread();
    const known = this.isCredential(name, value);
    if (!known && this.mayBe(value)) throw new Unread();
    return known;
  }
  isCredential(name, value) {
    // By its name, or by what is opaque in one that is often a key's.
    const whole = ["pw", "pass", "x-session", "session", "x-wsse"], opaque = ["code", "appid", "app_id", "apikey", "k"];
    const low = name.toLowerCase();
    if (low === "key" && this.is("field", value)) return false;
    return whole.includes(low) || (opaque.includes(low) && this.is("opaque", value)) || (!this.isPlain(name) &&
      (this.is("byName", name) || this.hasSecretWord(name) || this.isNamed(name) || name === "sig"));
  }
  isToken(value) {
    // The value of an Authorization header; `Basic plan` is none.
    return /^bearer +[^ ]+$/i.test(value) || (/^basic +(?=.*[a-z0-9=+/].)[a-z0-9+/]+=*$/i.test(value) &&
      /^.{5} +(?! )(?![A-Z]?[a-z]+$)/.test(value));
  }
  isOfLogin(path) {
    const names = path.filter(one => typeof one === "string"), around = this.words(names[names.length - 2] || "").pop();
    return names.length > 1 && ["pass", "pw", "pin", "key", "token", "secret", "value"].includes(names[names.length - 1].toLowerCase()) &&
      ["auth", "authentication", "login", "credentials", "credential"].includes(around);
  }
  isSecretKey(path, text = "") {
    // Whether a leaf of a payload is a credential by where it is; a device's token is none.
    const key = lastKey(path);
    return this.isOfLogin(path) || (!DEVICES.includes(key) && !this.isPlain(key) && (this.hasSecretWord(key) ||
      this.isNamed(key) || (this.words(key).pop() === "signature" && this.is("opaque", text)) || this.isInSecret(path, key)));
  }
  isInSecret(path, key) {
    // Whether a leaf is in an object that is named by a secret, and is not what is said of one.
    if (this.is("ofASecret", key.toLowerCase()) || key.startsWith("$")) return false;
    return path.slice(0, -1).some(one => typeof one === "string" && this.is("secretWord", this.words(one).pop() || ""));
  }
  judgedPath(path, within) {
    // The path by which a leaf is judged: in a pair {key: password, value: …}, that of the name.
    const last = isText(path[path.length - 1]) ? path[path.length - 1].toLowerCase() : "";
    if (![...PAIR_VALUES, "pass"].includes(last) || typeof within !== "object" || Array.isArray(within)) return path;
    const beside = new Map(Object.keys(within).map(one => [one.toLowerCase(), within[one]]));
    if (last === "pass") return USERS.some(one => beside.has(one)) ? [...path.slice(0, -1), "password"] : path;
    const named = PAIR_NAMES.map(one => beside.get(one)).find(one => isText(one) && this.isSecretKey([one]));
    return named === undefined ? path : [...path.slice(0, -1), named];
  }
  namedIn(text) {
    // The name of the first credential in a text with named values; empty where it contains none.
    if (/["']/.test(text)) {
      for (const found of text.matchAll(this.every("named"))) {
        const start = found.index + found[0].length, end = text.indexOf(found[2], start);
        const value = text.slice(start, end < 0 ? text.length : end);
        if (value && !value.includes("{{") && this.isSecretKey([found[1]], value)) return found[1];
      }
      for (const found of text.matchAll(this.every("numbered"))) if (this.isSecretKey([found[2]])) return found[2];
    }
    for (const kind of [...(/[:=]/.test(text) ? ["line"] : []), ...(text.includes("</") ? ["element"] : [])]) {
      for (const found of text.matchAll(this.every(kind))) if (this.isSecretKey([found[1]], found[2])) return found[1];
    }
    for (const pair of text.includes("=") && this.is("form", text) ? text.split(/[&;] ?/) : []) {
      const at = pair.indexOf("="), name = at < 0 ? pair : pair.slice(0, at), value = at < 0 ? "" : pair.slice(at + 1);
      if (value && !value.includes("{{") && this.isCredential(name, value)) return name;
    }
    return "";
  }
  isSecretUrl(text) {
    // Whether a text is a URL with a credential in its path or its query; what a template writes is none.
    const found = this.patterns.get("url").exec(text);
    if (!found) return false;
    const segments = found[2].split("/");
    const isKey = (name, held) => (this.isNamed(name) || ["token", "key"].includes(name.toLowerCase())) &&
      length(held) >= 12 && /[0-9]/.test(held) && /[A-Za-z]/.test(held);
    if (!text.includes("{{") && (this.is("webhooks", found[1] + found[2]) ||
      segments.some((one, at) => at > 0 && isKey(segments[at - 1], one)))) return true;
    return [...(found[2] + found[3]).matchAll(this.every("pair"))].some(([, name, value]) => {
      const inner = /^https?%3a/i.test(value) ? decodedPart(value) : value;
      return value && !value.includes("{{") && (this.isToken(value) || this.isCredential(name, value) ||
        (inner !== value && this.isSecretUrl(inner)));
    });
  }
  every(name) { return new RegExp(this.patterns.get(name), "g"); }
  leaf(value, path) {
    // Of a text or a number of the payload.
    if (this.isSecretKey(path, isText(value) ? value : "")) return true;
    if (DEVICES.includes(lastKey(path))) return false;
    if (isText(value) && (this.mayBe(value) || this.namedIn(value) || /^(?:bearer|basic) |^https?:\/\/.*[?#]|:\/\/[^/]*@/i.test(value))) throw new Unread();
    if (isText(value) && /^https?:\/\//i.test(value) && this.path(value.replace(/^https?:\/\//i, ""))) throw new Unread();
    return false;
  }
  path(hostAndPath) {
    const segments = hostAndPath.split("/");
    return this.is("webhooks", hostAndPath) || segments.some(one => this.mayBe(one)) ||
      segments.slice(0, -1).some(one => this.isNamed(one) || ["token", "key"].includes(one.toLowerCase()));
  }
}

function guessOf(value, path) {
  const key = lastKey(path).toLowerCase();
  if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value)) return "email";
  if (/^(?:[0-9]{1,3}\.){3}[0-9]{1,3}$/.test(value)) return "ip-address";
  if (/^[+(]?[0-9][0-9 ().-]{6,20}$/.test(value) && /phone|mobile|msisdn|^to$|recipient|number/.test(key)) return "phone";
  if (/^(?:first|last|full|given|family|sur)[-_]?name$/.test(key)) return "name";
  if (DEVICES.includes(key)) return "device-id";
  return TEXTS.includes(key) && value ? "text" : null;
}

function parameterName(key) {
  const words = key.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();
  const name = words.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "") || "value";
  return (/^[a-z]/.test(name) ? name : "p_" + name).slice(0, 24);
}
