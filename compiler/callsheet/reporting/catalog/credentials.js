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
const DEVICES = ["token", "fid", "device_token", "registration_token", "installation_id", "registration_id"];
const TEXTS = ["title", "subject", "text", "body", "message", "html", "caption", "content"];
const lastKey = (path, otherwise = "") => path.filter(one => typeof one === "string").pop() || otherwise;
const isText = value => typeof value === "string";

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
    return words.some(one => this.is("secretWord", one)) && !this.is("ofASecret", words[words.length - 1]);
  }
  isNamed(name) {
    const words = this.words(name), last = words[words.length - 1] || "", before = words[words.length - 2] || "";
    if (!words.length || this.isPlain(name)) return false;
    if (last === "token") return before !== "" && !this.is("address", before);
    return this.is("last", last) || (last === "key" && this.is("beforeKey", before)) || (last === "id" && before === "session");
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
  isSecretKey(path) {
    // Whether a leaf of a payload is a credential by where it is; a device's token is none.
    const key = lastKey(path);
    return this.isOfLogin(path) || (!DEVICES.includes(key) && !this.isPlain(key) && (this.hasSecretWord(key) || this.isNamed(key)));
  }
  leaf(value, path) {
    // Of a text or a number of the payload.
    if (this.isSecretKey(path)) return true;
    if (DEVICES.includes(lastKey(path))) return false;
    if (isText(value) && (this.mayBe(value) || /^(?:bearer|basic) |^https?:\/\/.*[?#]|:\/\/[^/]*@/i.test(value))) throw new Unread();
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
