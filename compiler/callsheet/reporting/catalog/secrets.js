"use strict";
// A document → what the compiler says of credentials in it, in the words of `rules/secrets.py`: what looks like
// one, what is called as one is, and references that name nothing. It uses request.js, schema.js and credentials.js.

const MOST_TEXT = 100000, SHORTEST_KEY = 16, WINDOW = 1500, OVERLAP = 300;
const SECRET_FIELDS = ["password", "token", "clientSecret", "value", "key"];
const REFER = 'write a reference, such as {secret: "env:NAME"}, and revoke what was written here';
const REFER_URL = 'write a reference, such as {secret: "env:NAME", host: …}, and revoke what was written here';
const REMOVE = "remove it, and revoke the credential";
const FILES = ["itemsFile", "payloadFile", "htmlFile"];
const OVERLAY = 'write a reference, such as {secret: "env:NAME"}; put it in an overlay where it differs by environment';
const CARRIERS = ["headers", "query", "payload"], CARRYING = ["url", "request", "headers", "query", "overlays", "template"];

function* placesIn(value, path = []) {
  // Every key and every text of a value, in order: [path, text], and without a text for a key.
  if (isText(value)) yield [path, value];
  if (Array.isArray(value)) for (const [at, one] of value.entries()) yield* placesIn(one, [...path, at]);
  if (isMapping(value)) {
    for (const key of Object.keys(value)) {
      yield [[...path, key]];
      yield* placesIn(value[key], [...path, key]);
    }
  }
}

class Secrets {
  constructor({ patterns, kinds, ofADevice, schemes }) {
    this.judge = new Judge(patterns);
    this.kinds = kinds.map(([kind, source, flags]) => [kind, new RegExp(source, flags)]);
    this.device = new RegExp(ofADevice, "g");
    this.schemes = schemes;
  }
  kindOf(text) {
    // The kind of credential that a text looks like; a long one is looked at through windows, as the compiler does.
    if (length(text) < 8 || !this.judge.is("secret", text)) return "";
    const letters = [...text.replace(this.device, "")];
    for (let start = 0; start < Math.max(letters.length - OVERLAP, 1); start += WINDOW - OVERLAP) {
      const window = letters.slice(start, start + WINDOW).join("");
      const found = this.judge.is("secret", window) && this.kinds.find(one => one[1].test(window));
      if (found) return found[0];
    }
    return "";
  }
  hidden(text) {
    // A sentence with each credential in it replaced by asterisks: a field may be named by one.
    if (!this.judge.is("secret", text)) return text;
    return this.kinds.reduce((found, one) => found.replace(new RegExp(one[1], one[1].flags + "g"), it => "*".repeat(length(it))), text);
  }
  isField(path) {
    // Whether a secret belongs at a path: in an action's authentication, or in an overlay of it.
    const around = path.slice(0, -1).join("/"), inner = path.slice(3, -1).join("/");
    return SECRET_FIELDS.includes(path[path.length - 1]) && (around === "spec/authentication" ||
      (path[0] === "spec" && path[1] === "overlays" && ["authentication", "spec/authentication"].includes(inner)));
  }
  saidOfNamed(root, path, text) {
    // What is wrong with a text that is, or contains, a credential by its name; empty for none.
    const place = path.findIndex(one => CARRIERS.includes(one)), last = path[path.length - 1];
    if (place < 0 || place === path.length - 1 || last === "secret" || last === "$secret") return "";
    const judged = this.judge.judgedPath(path, path.slice(0, -1).reduce((found, one) => found[one], root));
    const name = text.includes("{{") ? "" : this.named(path[place], judged.slice(place + 1), text);
    if (name) return `\`${judged === path ? last : name}\` is written`;
    const inner = this.judge.namedIn(text);
    return inner && `\`${inner}\` in \`${last}\` is written`;
  }
  named(part, within, text) {
    // The name by which a constant of a request is a credential; empty where it is none by its name.
    if (!text) return "";
    if (part === "payload") return this.judge.isSecretKey(within, text) ? lastKey(within) : "";
    const isOne = isText(within[0]) && (this.kindOf(text) || this.judge.isToken(text) || this.judge.isCredential(within[0], text));
    return isOne ? within[0] : "";
  }

  *findings(document) {
    for (const one of this.all(document)) yield { ...one, message: this.hidden(one.message) };
  }
  *all(document) {
    yield* this.written(document);
    for (const key of isMapping(document.spec) ? Object.keys(document.spec) : []) {
      if (["request", "authentication"].includes(key)) yield* this.references(document.spec[key], ["spec", key]);
      if (!CARRYING.includes(key)) continue;
      for (const [path, text] of placesIn(document.spec[key], ["spec", key])) {
        if (!isText(text) || this.kindOf(text)) continue;
        const words = this.saidOfNamed(document, path, text), last = path[path.length - 1];
        if (words) {
          yield { path, code: "CS607", severity: "warning", message: `${words} as plain text, and its name is that of a credential`, help: REFER };
        } else if (this.judge.isSecretUrl(text) && !["secret", "$secret"].includes(last)) {
          const message = `\`${last}\` is written as plain text, and is a URL with a credential in it`;
          yield { path, code: "CS607", severity: "warning", message, help: last === "url" ? REFER_URL : REFER };
        }
      }
    }
  }
  *written(document) {
    for (const [path, text] of placesIn(document)) {
      const last = path[path.length - 1], say = (message, help = REFER) => ({ path, code: "CS601", message, help });
      if (text === undefined) {
        const kind = isText(last) && length(last) >= SHORTEST_KEY ? this.kindOf(last) : "";
        if (kind) yield say(`this name looks like a credential (${kind})`, REMOVE);
      } else if (this.isField(path)) {
        if (text.includes("{{")) yield say(`\`${last}\` is a template, and must be a reference to a secret`, OVERLAY);
        else if (text || last !== "password") yield say(`\`${last}\` is written as plain text`);
      } else if (length(text) > MOST_TEXT) {
        yield say("the string is longer than 100,000 characters, too long to search for credentials",
          "shorten it, or move it to a template file");
      } else {
        const kind = this.kindOf(text);
        const wayOut = path[0] === "metadata" || FILES.includes(last) ? REMOVE : REFER;
        if (kind) yield say(`this looks like a credential (${kind})`, wayOut);
      }
    }
  }
  *references(value, path) {
    if (Array.isArray(value)) for (const [at, one] of value.entries()) yield* this.references(one, [...path, at]);
    if (!isMapping(value)) return;
    // In a payload, only what has a scheme is one; anything else is data.
    const isData = path[2] === "payload" && !/^(?=[0-9]*[a-z])[a-z0-9]+:(?!\/\/)[^]/.test(value.secret);
    const isWhole = (isReference(value) && !isData) || (path.join("/") === "spec/request/url" && isText(value.secret));
    if (isWhole && !value.secret.includes("{{")) yield* this.reference(value.secret, isReference(value) ? path : [...path, "secret"]);
    else for (const key of Object.keys(value)) yield* this.references(value[key], [...path, key]);
  }
  *reference(text, path) {
    const found = /^([a-z][a-z0-9]*):([^]+)$/.exec(text);
    if (!found || (found[1] === "env" && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(found[2]))) {
      yield { path, code: "CS603", message: "the reference to a secret is malformed", help: "write it as env:NAME or file:PATH" };
    }
    if (found && !this.schemes.includes(found[1])) {
      const message = `the scheme \`${found[1].slice(0, 20)}\` of the secret is unknown${nearest(found[1], this.schemes)}`;
      yield { path, code: "CS602", message, help: `the schemes are: ${this.schemes.join(", ")}` };
    }
  }
}
