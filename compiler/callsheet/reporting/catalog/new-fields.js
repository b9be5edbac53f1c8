"use strict";
// A schema and a document → the fields of a form. What a field has no form for is written as JSON.
// It uses request.js and yaml.js.

let given = null;
function callsheetData(path, text) { given = parsed(text).value; }
const pointerTo = path => path.map(part => "/" + String(part).replace(/~/g, "~0").replace(/\//g, "~1")).join("");

function valueAt(document, path) {
  return path.reduce((value, key) => value !== undefined && value !== null && own(value, key) ? value[key] : undefined, document);
}

function withValue(document, path, value) {
  // A document with another value at a path; without one, and without the mappings that this leaves empty.
  if (!path.length) return value;
  const [key, ...rest] = path, fields = {};
  const inner = withValue(isMapping(document) && own(document, key) ? document[key] : undefined, rest, value);
  for (const one of isMapping(document) ? Object.keys(document) : []) if (one !== key) put(fields, one, document[one]);
  if (inner === undefined) return Object.keys(fields).length ? fields : undefined;
  if (isMapping(document) && own(document, key)) {
    // In its place.
    const same = {};
    for (const one of Object.keys(document)) put(same, one, one === key ? inner : document[one]);
    return same;
  }
  put(fields, key, inner);
  return fields;
}

function prettyJson(value, indent = "") {
  const inner = indent + "  ", several = (open, items, close) =>
    items.length ? `${open}\n${inner}${items.join(",\n" + inner)}\n${indent}${close}` : open + close;
  if (Array.isArray(value)) return several("[", value.map(one => prettyJson(one, inner)), "]");
  if (isMapping(value)) {
    return several("{", Object.keys(value).map(key => `${JSON.stringify(key)}: ${prettyJson(value[key], inner)}`), "}");
  }
  return jsonText(value);
}

// What turns a text around, or is not to be seen, where it is shown; what is copied from a `pre` stays as it is.
const HIDING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

function make(tag, fields = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(fields)) {
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...inside.map(one => isText(one) && tag !== "pre" ? one.replace(HIDING, escape) : one));
  return element;
}

// What a finding says: names and values in it are code, as in reports.
const coded = text => piecesOf(text).map((one, at) => at % 2 ? make("code", {}, one) : one);

class Fields {
  // The fields of one document: `changed` is called with whether the form itself is to be another one.
  constructor(schema, words, french, language, changed) {
    Object.assign(this, { schema, words, french, language, changed });
    // What some schema requires somewhere: of other fields, it need not be asked.
    this.everRequired = new Set(JSON.stringify(schema).match(/"required":\[[^\]]*\]/g).join().match(/(?<=[\[,]")[^"]+/g));
    this.document = {};
    // What a field is one of, by its place: [value, what is shown of it].
    this.offered = new Map();
    this.boxes = new Map();
    this.wrong = new Map();
  }
  set(path, value, isOther = false) {
    this.document = withValue(this.document, path, value);
    this.changed(isOther);
  }
  at(path) { return valueAt(this.document, path); }

  box(path, name, known, required, ...inside) {
    // A field with its label, help and findings; `inside` is its control with what belongs to it.
    const id = "at" + pointerTo(path), control = inside[0];
    const mark = required ? make("span", { className: "needed-mark" }, ` (${this.words.required})`) : "";
    const help = make("small", { id: id + ":help", className: "dim" });
    this.explain(help, known);
    const said = make("div", { id: id + ":said", className: "said" });
    control.id = id;
    control.setAttribute("aria-describedby", `${help.id} ${said.id}`);
    if (required) control.required = true;
    const label = make("label", { htmlFor: id }, name, " ", this.code(path, name), mark);
    const found = make("div", { className: "box" }, label, ...inside, help, said);
    this.boxes.set(pointerTo(path), { said, control });
    return found;
  }
  explain(help, known) {
    const text = known.description || "", translated = (this.french.helps || {})[text];
    help.replaceChildren(...coded(translated || text));
    if (!translated) help.lang = "en";
  }
  name(key) {
    const label = (this.french.labels || {})[key];
    if (label) return label;
    const words = key === "url" ? "URL" : key.replace(/(?<=[a-z])(?=[A-Z])/g, " ").replace(/ [A-Z]/g, one => one.toLowerCase());
    return words.charAt(0).toUpperCase() + words.slice(1);
  }
  code(path, name) {
    const key = String(path[path.length - 1]);
    return key === name ? "" : make("code", {}, key);
  }

  field(path, node, label) {
    const known = resolvedOf(node, this.schema), value = this.at(path), name = label || this.name(path[path.length - 1]);
    const isOffered = this.offered.has(pointerTo(path)) && (value === undefined || typeof value === "string");
    const kind = isOffered ? "offer" : this.kind(known, node, value);
    return this[kind](path, known, name, value, this.isRequired(path));
  }
  isRequired(path) {
    const around = path.slice(0, -1), there = this.at(around), rest = {};
    if (!this.everRequired.has(path[path.length - 1]) || !isMapping(there)) return false;
    for (const key of Object.keys(there)) if (key !== path[path.length - 1]) put(rest, key, there[key]);
    return findingsOf(withValue(this.document, around, rest), this.schema)
      .some(one => one.code === "CS204" && pointerTo(one.path) === pointerTo(path));
  }
  kind(known, node, value) {
    const isString = value === undefined || typeof value === "string";
    const some = known.anyOf || [], refs = some.map(one => one.$ref);
    if (known.enum || known.type === "boolean") return "choice";
    if (node.$ref === "#/$defs/text") return isString || Object.values(value).every(one => typeof one === "string") ? "text" : "json";
    if (refs.includes("#/$defs/secret")) return isString || isReference(value) ? "secret" : "json";
    if (node.$ref === "#/$defs/secret") return value === undefined || isReference(value) ? "secret" : "json";
    if (["integer", "number"].includes(known.type)) return typeof value === "object" ? "json" : "line";
    if (known.type === "string" || (some[0] || {}).type === "string") return isString ? "line" : "json";
    if (known.type === "object" && (value === undefined || isMapping(value))) {
      if (known.properties) return "group";
      if (isMapping(known.additionalProperties)) return "rows";
    }
    return "json";
  }

  line(path, known, name, value, required) {
    const isLong = typeof value === "string" && (value.includes("\n") || value.length > 60);
    const control = make(isLong ? "textarea" : "input", { value: value === undefined ? "" : String(value), dir: "auto", spellcheck: false });
    const example = (known.examples || []).find(one => typeof one === "string");
    if (example && !value) control.placeholder = example;
    const isNumber = ["integer", "number"].includes(known.type);
    control.addEventListener("input", () => {
      const text = control.value, number = isNumber && NUMBER.test(text) ? parsed(text).value : undefined;
      this.set(path, text === "" ? undefined : number === undefined ? text : number);
    });
    return this.box(path, name, known, required, control);
  }
  choice(path, known, name, value, required) {
    const values = known.enum || [true, false];
    const shown = one => one === true ? this.words.yes : one === false ? this.words.no : one === null ? "null" : String(one);
    const isKnown = value === undefined || values.some(one => one === value);
    if (!isKnown) return this.json(path, known, name, value, required);
    const control = make("select", {}, make("option", { value: "" }, required ? this.words.choose : this.words.none));
    values.forEach((one, at) => control.append(make("option", { value: String(at), selected: one === value }, shown(one))));
    control.addEventListener("change", () => this.set(path, control.value === "" ? undefined : values[Number(control.value)], true));
    return this.box(path, name, known, required, control);
  }
  offer(path, known, name, value, required) {
    // One of what the workspace has; another one that is written already stays.
    const offered = this.offered.get(pointerTo(path)), isOther = value !== undefined && !offered.some(one => one[0] === value);
    const control = make("select", {}, make("option", { value: "" }, required ? this.words.choose : this.words.none));
    for (const [one, shown] of isOther ? [...offered, [value, value]] : offered) {
      control.append(make("option", { value: one, selected: one === value }, shown));
    }
    control.addEventListener("change", () => this.set(path, control.value || undefined, true));
    return this.box(path, name, known, required, control);
  }
  json(path, known, name, value, required) {
    const text = value === undefined ? "" : prettyJson(value);
    const control = make("textarea", { value: text, rows: Math.min(Math.max(text.split("\n").length, 2), 16), spellcheck: false, className: "json" });
    control.addEventListener("input", () => this.read(path, control.value));
    return this.box(path, `${name} (${this.words.as_json})`, known, required, control);
  }
  read(path, text) {
    const pointer = pointerTo(path), refused = refusalOf(text, path.length, this.deepest);
    const found = text.trim() === "" ? { value: undefined } : refused ? null : parsed(text);
    const exact = value => Array.isArray(value) ? value.every(exact) : isMapping(value) ? Object.values(value).every(exact) :
      !isWhole(value) || (value <= 9007199254740991n && value >= -9007199254740991n);
    this.wrong.delete(pointer);
    if (refused) this.wrong.set(pointer, refused);
    else if (!found) this.wrong.set(pointer, this.words.not_json);
    else if (found.inexact || !exact(found.value)) this.wrong.set(pointer, this.words.inexact);
    if (this.wrong.has(pointer)) this.changed(false);
    else this.set(path, found.value);
  }
  text(path, known, name, value, required) {
    // In each language: those of the page, and any other that it is there in.
    const several = isMapping(value) ? value : {}, box = make("div", { className: "languages" });
    const languages = typeof value === "string" ? [""] : [...new Set(["en", "fr", ...Object.keys(several)])];
    languages.forEach((language, at) => {
      const here = language ? [...path, language] : path, word = this.words[`in_${language}`] || language;
      const text = language ? several[language] || "" : value;
      const control = make(text.length > 60 ? "textarea" : "input", { value: text, dir: "auto" });
      control.addEventListener("input", () => this.set(here, control.value || undefined));
      const label = `${name}${word ? ` (${word})` : ""}`;
      box.append(this.box(here, label, at ? {} : known, required && !at, control));
    });
    this.boxes.set(pointerTo(path), this.boxes.get(pointerTo(languages[0] ? [...path, languages[0]] : path)));
    return box;
  }
  secret(path, known, name, value, required) {
    const isText = typeof value === "string", held = value === undefined ? "" : isText ? value : value.secret;
    const control = make("input", { value: held, spellcheck: false, dir: "auto", placeholder: isText ? "" : "env:NAME" });
    const way = make("select", { "aria-label": `${name}, ${this.words.secret}, ${this.words.plain}` },
      make("option", { value: "secret" }, this.words.secret));
    if (known.anyOf) way.append(make("option", { value: "plain", selected: isText }, this.words.plain));
    const write = () => this.set(path, control.value === "" ? undefined : way.value === "plain" ? control.value : { secret: control.value });
    control.addEventListener("input", write);
    way.addEventListener("change", write);
    return this.box(path, name, known, required, control, way);
  }
  group(path, known, name, value, required) {
    const names = this.applying(known, value), inside = make("div", { className: "group" });
    for (const key of names) inside.append(this.field([...path, key], known.properties[key]));
    return this.folded(path, known, name, required, value !== undefined && path.length < 3, inside);
  }
  folded(path, known, name, required, isOpen, inside) {
    const help = make("small", { className: "dim" }), said = make("div", { className: "said" });
    this.explain(help, known);
    const mark = required ? ` (${this.words.required})` : "";
    const summary = make("summary", { id: "at" + pointerTo(path) }, name, " ", this.code(path, name), mark);
    const found = make("details", { open: isOpen || this.open.has(pointerTo(path)), className: "box" }, summary, help, said, inside);
    found.addEventListener("toggle", () => this.open[found.open ? "add" : "delete"](pointerTo(path)));
    this.boxes.set(pointerTo(path), { said, control: summary });
    return found;
  }
  applying(known, value) {
    // The fields that a schema has for what is written: of a scheme of authentication, its own.
    const all = Object.keys(known.properties).filter(key => !own(known.properties[key], "const"));
    const names = (known.allOf || []).filter(one => one.if && isValid(value || {}, one.if, this.schema))
      .map(one => ((one.then || {}).propertyNames || {}).anyOf).filter(Boolean).map(some => some[0].enum);
    const depends = (known.allOf || []).some(one => (one.then || {}).propertyNames);
    if (!depends) return all;
    const there = Object.keys(value || {});
    return all.filter(key => there.includes(key) || (names.length ? names.every(some => some.includes(key)) : key === "type"));
  }
  rows(path, known, name, value, required) {
    const node = known.additionalProperties, inside = make("div", { className: "group" });
    for (const key of Object.keys(value || {})) {
      const remove = make("button", { type: "button", className: "remove", "aria-label": `${this.words.remove} ${key}` }, this.words.remove);
      remove.addEventListener("click", () => this.set([...path, key], undefined, true));
      inside.append(make("div", { className: "row" }, this.field([...path, key], node, key), remove));
    }
    inside.append(this.adding(path, node, name, value || {}));
    return this.folded(path, known, name, required, value !== undefined, inside);
  }
  adding(path, node, name, value) {
    const field = make("input", { "aria-label": `${this.words.add_to} (${name})`, placeholder: this.words.add_name, spellcheck: false, dir: "auto" });
    const button = make("button", { type: "button", id: "add" + pointerTo(path) }, this.words.add);
    const isGroup = resolvedOf(node, this.schema).type === "object";
    const add = () => {
      if (!field.value || own(value, field.value)) return;
      this.open.add(pointerTo(path)).add(pointerTo([...path, field.value]));
      this.next = "at" + pointerTo([...path, field.value]);
      this.set([...path, field.value], isGroup ? { type: "string" } : "", true);
    };
    button.addEventListener("click", add);
    field.addEventListener("keydown", event => {
      if (event.key === "Enter") { event.preventDefault(); add(); }
    });
    return make("div", { className: "adding" }, field, " ", button);
  }
}
Fields.prototype.open = new Set();
const isReference = value => isMapping(value) && Object.keys(value).length === 1 && typeof value.secret === "string";
