"use strict";
// A document → its YAML: keys in the order of their schema, as `callsheet fmt` writes them. Whole numbers are
// BigInt, as `parsed` in request.js reads them. It uses request.js.

const WIDEST = 100;
const PLAIN = /^\p{L}[\p{L}\p{N}_.\/@+'-]*(?::[\p{L}\p{N}_.\/@+-]+)*(?: [\p{L}\p{N}_.\/@+()'-]+)*$|^[0-9]+(?:ms|[smh])$/u;
const RESERVED = /^(?:true|false|yes|no|on|off|null|y|n)$/i;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;
const BLOCKS = ["metadata", "spec", "request", "payload", "authentication"];

function put(fields, key, value) {
  // As an own field, whatever it is called.
  Object.defineProperty(fields, key, { value, writable: true, enumerable: true, configurable: true });
}

function escape(one) {
  const code = one.codePointAt(0), digits = code.toString(16);
  return code > 0xffff ? "\\U" + digits.padStart(8, "0") : "\\u" + digits.padStart(4, "0");
}

function scalar(value) {
  if (typeof value === "string") {
    if (PLAIN.test(value) && !RESERVED.test(value)) return value;
    return JSON.stringify(value).replace(UNSEEN, escape);
  }
  if (typeof value === "number") {
    // A fraction or an exponent with a dot, as YAML 1.1 and 1.2 both read it.
    const text = String(value);
    return text.includes(".") ? text : text.includes("e") ? text.replace("e", ".0e") : text + ".0";
  }
  return String(value);
}

function resolvedOf(node, root) {
  while (isMapping(node) && own(node, "$ref")) {
    const { $ref, ...rest } = node;
    node = { ...root.$defs[$ref.replace("#/$defs/", "")], ...rest };
  }
  return node;
}

function below(node, key) {
  // The schema of a key's value, where it has one.
  if (!node) return undefined;
  const found = node.properties && own(node.properties, key) ? node.properties[key] : node.additionalProperties;
  return isMapping(found) ? found : undefined;
}

function ordered(fields, node) {
  const order = Object.keys(node && node.properties || {});
  const rank = key => order.includes(key) ? order.indexOf(key) : order.length;
  return Object.keys(fields).sort((one, other) => rank(one) - rank(other));
}

function flow(value, node, root) {
  if (Array.isArray(value)) return "[" + value.map(one => flow(one)).join(", ") + "]";
  if (!isMapping(value)) return scalar(value);
  const known = node && resolvedOf(node, root);
  return "{" + ordered(value, known).map(key => scalar(key) + ": " + flow(value[key], below(known, key), root)).join(", ") + "}";
}

function mappingLines(fields, node, root, indent) {
  const known = node && resolvedOf(node, root), lines = [], space = " ".repeat(indent);
  for (const key of ordered(fields, known)) {
    const value = fields[key], name = space + scalar(key) + ":";
    const isLeaf = !Array.isArray(value) && !isMapping(value), short = `${name} ${flow(value, below(known, key), root)}`;
    if (isLeaf || !Object.keys(value).length || (length(short) <= WIDEST && !BLOCKS.includes(key))) lines.push(short);
    else if (Array.isArray(value)) lines.push(name, ...listLines(value, root, indent));
    else lines.push(name, ...mappingLines(value, below(known, key), root, indent + 2));
  }
  return lines;
}

function listLines(items, root, indent) {
  const space = " ".repeat(indent), lines = [];
  for (const one of items) {
    const short = `${space}- ${flow(one)}`, nested = Array.isArray(one) || isMapping(one);
    if (!nested || !Object.keys(one).length || length(short) <= WIDEST) lines.push(short);
    else {
      const inner = Array.isArray(one) ? listLines(one, root, indent + 2) :
        mappingLines(one, undefined, root, indent + 2);
      lines.push(space + "- " + inner[0].slice(indent + 2), ...inner.slice(1));
    }
  }
  return lines;
}

function yamlOf(document, schema, head = []) {
  return [...head, ...mappingLines(document, schema, schema, 0), ""].join("\n");
}

function refusalOf(text, above, deepest) {
  // What the compiler refuses in a JSON text that browsers take: {code, message, help}; null for none.
  // `above` is how many levels of the document it is in.
  const open = [], fault = (code, message, help) => ({ code, message, help });
  let twice = null;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)) {
    if (token === "{" || token === "[") {
      open.push(new Set());
      if (open.length + above > deepest) return fault("CS112", `the nesting is deeper than ${deepest} levels`, "flatten the document");
    } else if (token === "}" || token === "]") open.pop();
    else if (token.startsWith('"')) {
      if (!token.endsWith(":") || twice || !open.length) continue;
      let key;
      try { key = JSON.parse(token.slice(0, -1)); } catch (_) { return null; }
      const keys = open[open.length - 1];
      if (keys.has(key)) twice = fault("CS113", `the key \`${key}\` is written twice in one mapping`, "keep one of the two");
      keys.add(key);
    } else if (!Number.isFinite(Number(token))) {
      return fault("CS123", `\`${token}\` is beyond the range of a double`, "write it in quotes, as a string");
    }
  }
  return twice;
}

function jsonText(value) {
  // As JSON, whole numbers too.
  if (Array.isArray(value)) return "[" + value.map(jsonText).join(", ") + "]";
  if (isMapping(value)) {
    return "{" + Object.keys(value).map(key => JSON.stringify(key) + ": " + jsonText(value[key])).join(", ") + "}";
  }
  return typeof value === "string" ? JSON.stringify(value) : typeof value === "number" ? scalar(value) : String(value);
}
