"use strict";
// A compiled action and the texts of a form → the request that would leave, or why none would: what the
// compiler itself does, for those compiled forms of which `forms.py` says that this script can.

class Refused extends Error {}
const AT = document.documentElement.lang === "fr" ? 1 : 0;
const SAID = {
  // What is said of values, in the compiler's words and in French.
  digits: ["has more digits than a number of JSON keeps: send it as a string", "a plus de chiffres qu'un nombre de JSON n'en garde\u00a0: envoyez-le comme un texte"],
  type: ["is not of type {}", "n'est pas du type {}"],
  moment: ["is not a date or time of RFC 3339", "n'est pas une date ou une heure de la RFC 3339"],
  choice: ["is not one of {}", "n'est pas au choix parmi {}"],
  less: ["is less than {}", "est inférieur à {}"],
  more: ["is more than {}", "est supérieur à {}"],
  finite: ["contains a number that is not finite: NaN, or one that is too large", "contient un nombre qui n'est pas fini\u00a0: NaN, ou un nombre trop grand"],
  multiple: ["is not a multiple of {}", "n'est pas un multiple de {}"],
  surrogate: ["contains an unpaired surrogate, which is not a character", "contient un demi-caractère, qui n'en est pas un"],
  shorter: ["is shorter than {} characters", "fait moins de {} caractères"],
  longer: ["is longer than {} characters", "fait plus de {} caractères"],
  format: ["does not have the declared format", "n'a pas le format déclaré"],
  unsure: ["may have the declared format, or not: `callsheet render` can tell", "a peut-être le format déclaré, ou non\u00a0: `callsheet render` le dit"],
  missing: ["is required and has no value", "est obligatoire et n'a pas de valeur"],
  json: ["a value cannot be written as JSON", "une valeur ne peut pas être écrite en JSON"],
  truncate: ["the filter `truncate` fails: truncate takes a length of at least that of its end mark", "le filtre `truncate` échoue\u00a0: sa longueur doit être au moins celle de sa marque de fin"],
  takes: ["the filter `{}` takes {}, not {}", "le filtre `{}` prend {}, pas {}"],
  timestamp: ["the filter `timestamp` fails: the string is not a date or time of RFC 3339, such as 2026-11-25T08:30:00Z", "le filtre `timestamp` échoue\u00a0: le texte n'est pas une date ou une heure de la RFC 3339, comme 2026-11-25T08:30:00Z"],
  null: ["the value is null, which cannot be part of a string", "la valeur est null, qui ne peut faire partie d'un texte"],
  list: ["the value is a list, which cannot be part of a string", "la valeur est une liste, qui ne peut faire partie d'un texte"],
  mapping: ["the value is a mapping, which cannot be part of a string", "la valeur est un objet, qui ne peut faire partie d'un texte"],
  break: ["the header `{}` would contain a line break", "l'en-tête `{}` contiendrait un saut de ligne"],
  control: ["the header `{}` would contain a control character, such as a tab", "l'en-tête `{}` contiendrait un caractère de contrôle, comme une tabulation"],
  ascii: ["the header `{}` would contain a character that is not ASCII", "l'en-tête `{}` contiendrait un caractère qui n'est pas ASCII"],
  space: ["the header `{}` would begin or end with a space, which no header can", "l'en-tête `{}` commencerait ou finirait par une espace, ce qu'aucun en-tête ne peut"],
  empty: ["a part of the URL's path would be empty", "une partie du chemin de l'URL serait vide"],
  dots: ["a segment of the URL's path would be `{}`, which clients remove", "un segment du chemin de l'URL serait `{}`, que les clients suppriment"],
  compiler: ["only the compiler can tell what would leave: run `callsheet render`", "seul le compilateur peut dire ce qui partirait\u00a0: lancez `callsheet render`"],
  url: ["the URL would be longer than 65,536 characters", "l'URL ferait plus de 65\u202f536 caractères"],
};
const TYPES = { string: "texte", number: "nombre", integer: "nombre entier", boolean: "vrai ou faux", array: "liste", object: "champs" };
const say = (key, ...values) => SAID[key][AT].replace(/\{\}/g, () => String(values.shift()));
const ABSENT = Symbol("absent");
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/, WHOLE = /^-?(0|[1-9]\d*)$/;
const MOMENT = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2}))?$/;
const SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/, BREAK = /[\r\n\u2028\u2029]/;
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const AT_ENDS = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g"), AT_END = new RegExp(`[${SPACE}]+$`);
const MOST_URL = 65536;
const length = text => [...text].length;
const isMapping = value => typeof value === "object" && value !== null && !Array.isArray(value);
const keysOf = fields => Object.keys(fields).sort();
const own = (fields, name) => Object.prototype.hasOwnProperty.call(fields, name);
const isEmpty = value => !value || (Array.isArray(value) ? !value.length : isMapping(value) && !keysOf(value).length);
const isWhole = value => typeof value === "bigint";
const kindOf = value => value === null ? "null" : Array.isArray(value) ? "array" : isWhole(value) ? "integer" :
  typeof value;

function digits(text) {
  // A number's digits and exponent, by which two ways to write it are compared.
  const [, sign, whole, part, exponent] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  const all = (whole + (part || "")).replace(/^0+/, "");
  const kept = all.replace(/0+$/, "");
  const at = Number(exponent || 0) - (part || "").length + all.length - kept.length;
  return kept ? sign + kept + "e" + at : "0";
}
const isExact = text => !Number.isFinite(Number(text)) || digits(text) === digits(String(Number(text)));

function parsed(text) {
  // JSON with whole numbers as BigInt, as they are told from others there; `undefined` for what is none.
  // Python's reader has words for the numbers that are not finite, too.
  const unfinite = /^[ \t\r\n]*(NaN|-?Infinity)[ \t\r\n]*$/.exec(text);
  if (unfinite) return { value: Number(unfinite[1]), inexact: false };
  let inexact = false;
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, token => {
    if (token[0] === '"') return token;
    if (WHOLE.test(token)) return `{"\ue000whole":"${token}"}`;
    inexact = inexact || !isExact(token);
    return token;
  });
  try {
    JSON.parse(text);
    const value = JSON.parse(marked, (key, one) =>
      isMapping(one) && "\ue000whole" in one ? BigInt(one["\ue000whole"]) : one);
    return { value, inexact };
  } catch (_) { return undefined; }
}

function valueOf(kind, text) {
  if (["string", "date", "datetime"].includes(kind)) return { value: text, inexact: false };
  return parsed(text) || { value: text, inexact: false };
}

function hasType(value, kind) {
  const given = kindOf(value);
  if (kind === "number") return given === "number" || given === "integer";
  return given === (kind === "date" || kind === "datetime" ? "string" : kind);
}

function isMoment(text) {
  const found = MOMENT.exec(text);
  if (!found) return false;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(one => Number(one || 0));
  const last = new Date(Date.UTC(2000, month, 0)).getUTCDate();
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const offset = /^[+-](\d{2}):(\d{2})$/.exec(found[8] || "");
  return year > 0 && month > 0 && month < 13 && day > 0 && day <= (month === 2 && !leap ? 28 : last) &&
    hour < 24 && minute < 60 && second < 60 && (!offset || (offset[1] < 24 && offset[2] < 60));
}

function fault(fields, value, inexact) {
  if (inexact) return say("digits");
  if (!hasType(value, fields.type)) return say("type", AT && TYPES[fields.type] || fields.type);
  if (fields.type === "date" || fields.type === "datetime") {
    return isMoment(value) ? "" : say("moment");
  }
  if (fields.enum && !fields.enum.some(one => isSame(value, one))) return say("choice", spaced(fields.enum));
  if (typeof value === "string") return wrongText(fields, value);
  if (isWhole(value) || typeof value === "number") {
    if ("minimum" in fields && value < fields.minimum) return say("less", fields.minimum);
    if ("maximum" in fields && value > fields.maximum) return say("more", fields.maximum);
    if ("multipleOf" in fields && !isWhole(value) && !Number.isFinite(value)) return say("finite");
    if ("multipleOf" in fields && !isMultiple(value, fields.multipleOf)) return say("multiple", fields.multipleOf);
  }
  return "";
}
function isSame(value, other) {
  try {
    return canonical(value) === canonical(other);
  } catch (error) {
    // What no JSON contains is not among the values of a choice.
    if (error instanceof Refused) return false;
    throw error;
  }
}
function isMultiple(value, step) {
  // By the digits in which JSON writes them: 0.3 is three times 0.1.
  const [one, step1] = digitsOf(value), [other, step2] = digitsOf(step), least = Math.min(step1, step2);
  return (one * 10n ** BigInt(step1 - least)) % (other * 10n ** BigInt(step2 - least)) === 0n;
}
function digitsOf(number) {
  const found = /^-?(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(number));
  return [BigInt(found[1] + (found[2] || "")), Number(found[3] || 0) - (found[2] || "").length];
}
const spaced = values => "[" + values.map(one => JSON.stringify(one)).join(", ") + "]";

function wrongText(fields, value) {
  if (SURROGATE.test(value)) return say("surrogate");
  if (length(value) < (fields.minLength || 0)) return say("shorter", fields.minLength);
  if ("maxLength" in fields && length(value) > fields.maxLength) return say("longer", fields.maxLength);
  if (own(fields, "pattern") && !new RegExp(fields.pattern, "u").test(value)) return say("format");
  const [has, lacks] = own(fields, "format") ? FORMATS[fields.format] : [/^/, /^(?!)/];
  return has.test(value) ? "" : lacks.test(value) ? say("format") : say("unsure");
}
const GROUP = "[0-9a-fA-F]{1,4}", BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const SHORTENED = [0, 1, 2, 3, 4, 5, 6, 7].map(left =>
  (left ? `${GROUP}(?::${GROUP}){${left - 1}}` : "") + "::" + (left < 7 ? `(?:${GROUP}(?::${GROUP}){0,${6 - left}})?` : ""));
const FORMATS = {
  // What surely has a format, and what surely has not: the standards leave much between the two.
  email: [
    /^[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]{2,10}$/,
    // A name before the address, in angle brackets, and one in quotes are taken too.
    /^[^@]*$|^@[^<]*$|^[^<]*@$|^[^<"]*\s[^<"]*$/,
  ],
  uri: [
    /^https?:\/\/[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*(?::[1-9]\d{1,3})?(?:\/[A-Za-z0-9._~-]*)*(?:\?[A-Za-z0-9._~=&-]*)?$/,
    /^[^:]*$|[\s<>"{}|^`]/,
  ],
  uuid: [/^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/, /^/],
  ipv4: [new RegExp(`^(?:${BYTE}\\.){3}${BYTE}$`), /^/],
  ipv6: [new RegExp(`^(?:(?:${GROUP}:){7}${GROUP}|${SHORTENED.join("|")})$`), /^[^.]*$/],
  hostname: [
    /^(?=.{1,200}$)(?!.*[^.]{64})[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)*$/,
    /[\s@/:_]|^[-.]|[-.]$|\.\.|^$|[^.]{64}/,
  ],
};

function sha256(text) {
  // FIPS 180-4, over the UTF-8 bytes; the browser's own answers later, and not on every page.
  const primes = [], root = (one, power) => (one ** (1 / power) * 2 ** 32) | 0;
  for (let one = 2; primes.length < 64; one++) if (primes.every(it => one % it)) primes.push(one);
  const turn = (one, by) => (one >>> by) | (one << (32 - by));
  const bytes = [...new TextEncoder().encode(text)], bits = bytes.length * 8;
  bytes.push(128);
  while (bytes.length % 64 !== 56) bytes.push(0);
  for (let at = 7; at >= 0; at--) bytes.push(Math.floor(bits / 2 ** (8 * at)) & 255);
  const hash = primes.slice(0, 8).map(one => root(one, 2)), keys = primes.map(one => root(one, 3));
  for (let start = 0; start < bytes.length; start += 64) {
    const words = [];
    for (let at = 0; at < 64; at++) {
      if (at < 16) {
        const b = bytes.slice(start + 4 * at, start + 4 * at + 4);
        words.push((b[0] << 24) | (b[1] << 16) | (b[2] << 8) | b[3]);
        continue;
      }
      const w = words[at - 15], v = words[at - 2];
      const s = turn(w, 7) ^ turn(w, 18) ^ (w >>> 3), t = turn(v, 17) ^ turn(v, 19) ^ (v >>> 10);
      words.push((words[at - 16] + s + words[at - 7] + t) | 0);
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let at = 0; at < 64; at++) {
      const t = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + keys[at] + words[at]) | 0;
      const s = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + t) | 0, c, b, a, (t + s) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((one, at) => { hash[at] = (hash[at] + one) | 0; });
  }
  return hash.map(one => (one >>> 0).toString(16).padStart(8, "0")).join("");
}

function seconds(text) {
  const found = MOMENT.exec(text);
  if (!found) throw new Refused(say("timestamp"));
  if (!isMoment(text)) throw new Error("Python has its own words for each part that is out of range");
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(one => Number(one || 0));
  const when = new Date(0);
  when.setUTCFullYear(year, month - 1, day);
  when.setUTCHours(hour, minute, second);
  const offset = /^([+-])(\d{2}):(\d{2})$/.exec(found[8] || "");
  const minutes = offset ? (offset[1] + "1") * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  return BigInt(when.getTime() / 1000 - minutes * 60);
}

const FILTERS = {
  lower: value => value.toLowerCase(),
  upper: value => value.toUpperCase(),
  trim: (value, characters) => {
    if (characters === undefined || characters === null) return value.replace(AT_ENDS, "");
    const all = [...value], gone = new Set(characters);
    while (all.length && gone.has(all[0])) all.shift();
    while (all.length && gone.has(all[all.length - 1])) all.pop();
    return all.join("");
  },
  replace: (value, old, by) => old === "" ? [..."", ...value].reduce((text, one) => text + one + by, by) :
    value.split(old).join(by),
  truncate: (value, most, end = "…") => {
    if (most < length(end)) throw new Refused(say("truncate"));
    return length(value) <= most ? value : [...value].slice(0, most - length(end)).join("").replace(AT_END, "") + end;
  },
  sha256,
  timestamp: seconds,
  digits: value => value.replace(/[^0-9]/g, ""),
  base64: value => btoa(String.fromCharCode(...new TextEncoder().encode(value))),
  urlencode: value => encoded(textOf(value)).replace(/%2F/g, "/"),
};
const TAKES = { urlencode: ["boolean", "integer", "number", "string"] };
function taken(name, value) {
  // The filters' arguments are checked as the action is compiled; what a default gives, here.
  const takes = TAKES[name] || ["string"], given = kindOf(value);
  const words = one => AT && TYPES[one] || one;
  if (!takes.includes(given)) throw new Refused(say("takes", name, takes.map(words).join(AT ? " ou " : " or "), words(given)));
  return value;
}
const encoded = text => encodeURIComponent(text).replace(/[!'()*]/g, one =>
  "%" + one.charCodeAt(0).toString(16).toUpperCase());

function textOf(value) {
  if (value === ABSENT) return "";
  if (value === null) throw new Refused(say("null"));
  if (typeof value === "object") throw new Refused(say(Array.isArray(value) ? "list" : "mapping"));
  if (typeof value === "number" && !Number.isFinite(value)) throw new Refused(say("json"));
  return String(value);
}

class Filler {
  constructor(declared, values) {
    this.declared = declared;
    this.values = values;
    this.present = 0;
  }
  fill(node) {
    if (Array.isArray(node)) return node.map(one => this.fill(one)).filter(one => one !== ABSENT);
    if (!isMapping(node)) return node;
    if ("$param" in node || "$concat" in node) {
      const value = "$param" in node ? this.param(node) : this.concat(node);
      this.present += value !== ABSENT;
      return value;
    }
    if ("$secret" in node) return { secret: node.$secret };
    if ("$whenEmpty" in node) {
      const before = this.present, filled = this.mapping(node);
      return this.present > before ? filled : ABSENT;
    }
    return this.mapping(node);
  }
  mapping(node) {
    const fields = "$literal" in node ? node.$literal : node, found = new Map();
    for (const key of keysOf(fields)) {
      if (key === "$whenEmpty" && !("$literal" in node)) continue;
      const value = this.fill(fields[key]);
      if (value !== ABSENT) found.set(key, value);
    }
    return found;
  }
  param(node) {
    let value = this.values.has(node.$param) ? this.values.get(node.$param) : ABSENT;
    for (const step of node.filters || []) {
      const name = typeof step === "string" ? step : step.filter, given = step.args || [];
      if (name === "default") {
        if (value === ABSENT || (given.length > 1 && given[1] !== undefined && isEmpty(value))) {
          // An argument that is a number is a whole one: `forms.py` lets no other pass.
          value = typeof given[0] === "number" ? BigInt(given[0]) : given[0];
        }
      } else if (value !== ABSENT) {
        value = FILTERS[name](taken(name, value), ...given);
      }
    }
    const fields = this.declared[node.$param];
    return value === ABSENT && "whenMissing" in fields && fields.whenMissing === null ? null : value;
  }
  concat(node) {
    return node.$concat.map(part => {
      const missing = isMapping(part) && "$param" in part && !this.values.has(part.$param);
      const value = this.fill(part);
      return missing && value === null ? "" : textOf(value);
    }).join("");
  }
  header(name, node) {
    if (isMapping(node) && "secret" in node) return node;
    const value = this.fill(node);
    if (value === ABSENT) return ABSENT;
    const text = textOf(value), found = CONTROL.exec(text);
    if (found) throw new Refused(say(BREAK.test(found[0]) ? "break" : "control", name));
    if (/[^\x00-\x7f]/.test(text)) throw new Refused(say("ascii", name));
    if (/^ | $/.test(text)) throw new Refused(say("space", name));
    return text;
  }
  query(fields) {
    const found = [];
    for (const name of keysOf(fields)) {
      const node = fields[name];
      if (isMapping(node) && "secret" in node) {
        found.push(`${encoded(name)}={${node.secret}}`);
        continue;
      }
      const value = this.fill(node);
      if (value !== ABSENT) found.push(`${encoded(name)}=${encoded(textOf(value))}`);
    }
    return found;
  }
  url(node) {
    let text = "";
    for (const part of isMapping(node) ? node.$concat : [node]) {
      if (typeof part === "string") {
        text = (part[0] === "/" ? text.replace(/\/$/, "") : text) + part;
        continue;
      }
      const value = textOf(this.fill(part)), inPath = !text.includes("?") && !text.includes("#");
      if (!value && inPath) throw new Refused(say("empty"));
      const steps = part.filters || [];
      text += steps[steps.length - 1] === "urlencode" ? value : encoded(value);
    }
    const path = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#\\]*([^?#]*)/.exec(text.replace(/[\t\r\n]/g, ""));
    const dots = (path ? path[1].split(/[/\\]/) : []).find(one => /^(\.|%2e){1,2}$/i.test(one));
    if (dots !== undefined) throw new Refused(say("dots", dots));
    return text;
  }
}

function canonical(value) {
  // RFC 8785: keys in the order of their UTF-16 units, numbers and strings as this language writes them.
  if (value instanceof Map || isMapping(value)) {
    const fields = value instanceof Map ? [...value] : Object.entries(value);
    fields.sort((one, other) => one[0] < other[0] ? -1 : 1);
    return "{" + fields.map(([key, one]) => canonical(key) + ":" + canonical(one)).join(",") + "}";
  }
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  if (isWhole(value) && (value > 9007199254740991n || value < -9007199254740991n)) {
    throw new Refused(say("json"));
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new Refused(say("json"));
  if (typeof value === "string" && SURROGATE.test(value)) throw new Refused(say("json"));
  return isWhole(value) ? String(value) : JSON.stringify(value);
}

function piecesOf(text) {
  // Words, and what is between backticks in every second place; where one is left over, the text is a whole.
  const found = text.split("`");
  return found.length % 2 ? found : [text];
}

function requestOf(compiled, texts) {
  // Returns {method, url, headers, body}, or {faults}: what is wrong with the values. Whatever else is
  // thrown is said, too: nothing shown would look like an action that sends nothing.
  try {
    return filled(compiled, texts);
  } catch (error) {
    return { faults: [error instanceof Refused ? error.message : say("compiler")] };
  }
}

function filled(compiled, texts) {
  const declared = compiled.parameters || {}, values = new Map(), faults = [];
  for (const name of keysOf(declared)) {
    // The empty text is one, as it is on the command line; what is not given has none.
    const text = own(texts, name) ? texts[name] : undefined;
    if (text === undefined) {
      if (!declared[name].optional) faults.push(`\`${name}\` ${say("missing")}`);
      continue;
    }
    const { value, inexact } = valueOf(declared[name].type, text);
    if (value === null) {
      if (!declared[name].optional) faults.push(`\`${name}\` ${say("missing")}`);
      continue;
    }
    const wrong = fault(declared[name], value, inexact);
    if (wrong) faults.push(`\`${name}\` ${wrong}`);
    values.set(name, value);
  }
  if (faults.length) return { faults };
  const filler = new Filler(declared, values), asked = compiled.request, headers = Object.create(null);
  for (const name of keysOf(asked.headers || {})) {
    const value = filler.header(name, asked.headers[name]);
    if (value !== ABSENT) headers[name] = value;
  }
  const payload = own(asked, "payload") ? filler.fill(asked.payload) : ABSENT;
  const query = filler.query(asked.query || {}).join("&");
  let url = filler.url(asked.url);
  if (query) url += (url.includes("?") ? "&" : "?") + query;
  if (length(url) > MOST_URL) return { faults: [say("url")] };
  return { method: asked.method, url, headers, body: payload === ABSENT ? "" : canonical(payload) };
}

function textsOf(form) {
  // What is given by each input, and whether an empty one gives the empty text, which is asked where it is empty.
  const texts = Object.create(null);
  for (const one of form.querySelectorAll("[data-parameter]")) {
    const asked = form.querySelector(`[data-empty="${CSS.escape(one.dataset.parameter)}"]`);
    if (asked) asked.parentElement.hidden = one.value !== "";
    const isGiven = one.selectedOptions ? !("notGiven" in (one.selectedOptions[0] || one).dataset) : one.value || asked.checked;
    if (isGiven) texts[one.dataset.parameter] = one.value;
  }
  return texts;
}

function live(form) {
  const compiled = JSON.parse(form.dataset.compiled), shown = form.querySelector("output");
  const add = (tag, text, name) => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (name) made.className = name;
    shown.append(made);
  };
  const addFault = text => {
    add("p", "", "error");
    piecesOf(text).forEach((one, at) => {
      const code = document.createElement("code");
      code.textContent = one;
      if (one) shown.lastChild.append(at % 2 ? code : one);
    });
  };
  function show() {
    shown.replaceChildren();
    const found = requestOf(compiled[form.querySelector("[name=environment]").value], textsOf(form));
    for (const one of found.faults || []) addFault(one);
    for (const one of form.querySelectorAll("[data-parameter]")) {
      const isWrong = (found.faults || []).some(it => it.startsWith("`" + one.dataset.parameter + "` "));
      if (isWrong) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
    if (found.faults) return;
    const lines = [found.method + " " + found.url];
    for (const name of keysOf(found.headers)) {
      const value = found.headers[name];
      lines.push(name + ": " + (typeof value === "string" ? value : "(" + value.secret + ")"));
    }
    add("pre", lines.join("\n"));
    if (found.body) add("pre", JSON.stringify(JSON.parse(found.body), null, 2));
  }
  form.addEventListener("input", show);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  document.querySelector(".scriptless").remove();
  form.hidden = false;
  show();
}
document.querySelectorAll("form.request").forEach(live);
