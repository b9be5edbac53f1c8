"use strict";
// A document → what the compiler says of its shape, in the same words: the keywords that schemas of kinds use,
// and the wording of `language/schema_check.py`. It uses request.js and
// credentials.js.

const TYPE_NAMES = {
  object: "a mapping", array: "a list", string: "a string", integer: "an integer", number: "a number",
  boolean: "true or false", null: "null",
};
const sameValue = (one, other) => jsonOf(one) === jsonOf(other);
const inBrackets = path => path.map(part => typeof part === "number" ? `[${part}]` : `.${part}`).join("");
const namedPlace = path => path.length ? "`" + inBrackets(path).replace(/^\./, "") + "`" : "the document";
const shortened = text => [...text].slice(0, 80).join("");
const listedOf = value => Array.isArray(value) ? value : [value];
// In Python, `$` is also before a line break at the end.
const matches = (pattern, text) => new RegExp(pattern.replace(/(?<!\\)\$/g, "(?=\\n?(?![\\s\\S]))"), "u").test(text);

function jsonOf(value) {
  if (Array.isArray(value)) return "[" + value.map(jsonOf).join(",") + "]";
  if (!isMapping(value)) return typeof value === "string" ? JSON.stringify(value) : String(value);
  return "{" + keysOf(value).map(key => JSON.stringify(key) + ":" + jsonOf(value[key])).join(",") + "}";
}

function kindName(value) {
  const names = { null: "null", boolean: "a boolean", object: "a mapping", array: "a list", string: "a string" };
  return isWhole(value) ? "an integer" : typeof value === "number" ? "a number" : names[kindOf(value)];
}

function isOfType(value, type) {
  const given = kindOf(value);
  if (type === "integer") return given === "integer" || Number.isInteger(value);
  return given === type || (type === "number" && given === "integer");
}

function* faultsIn(value, node, path, root, around) {
  // Yields each fault: its place, the keyword, the schema around it, and for alternatives the faults of each.
  if (typeof node === "boolean") return;
  const fault = (keyword, more) => ({ path, keyword, limit: node[keyword], schema: node, value, ...around, ...more });
  for (const keyword of Object.keys(node)) {
    const check = KEYWORDS[keyword];
    if (!check) continue;
    for (const one of check(value, node[keyword], node, path, root, around)) {
      yield one === true ? fault(keyword) : one.context ? fault(keyword, one) : one;
    }
  }
}
const isValid = (value, node, root) => faultsIn(value, node, [], root, {}).next().done;
const limit = (test, fits) => function* (value, most) { if (test(value) && !fits(value, most)) yield true; };
const isNumber = value => isWhole(value) || typeof value === "number";
const fieldsOf = value => isMapping(value) ? Object.keys(value) : [];

const KEYWORDS = {
  *$ref(value, name, node, path, root, around) {
    yield* faultsIn(value, root.$defs[name.replace("#/$defs/", "")], path, root, around);
  },
  *type(value, types) { if (!listedOf(types).some(one => isOfType(value, one))) yield true; },
  *enum(value, allowed) { if (!allowed.some(one => sameValue(one, value))) yield true; },
  *const(value, only) { if (!sameValue(only, value)) yield true; },
  pattern: limit(isText, (value, pattern) => matches(pattern, value)),
  minLength: limit(isText, (value, least) => length(value) >= least),
  maxLength: limit(isText, (value, most) => length(value) <= most),
  minimum: limit(isNumber, (value, least) => value >= least),
  maximum: limit(isNumber, (value, most) => value <= most),
  exclusiveMinimum: limit(isNumber, (value, least) => value > least),
  minItems: limit(Array.isArray, (value, least) => value.length >= least),
  maxItems: limit(Array.isArray, (value, most) => value.length <= most),
  minProperties: limit(isMapping, (value, least) => Object.keys(value).length >= least),
  uniqueItems: limit(Array.isArray, value => new Set(value.map(jsonOf)).size === value.length),
  *required(value, names) { if (isMapping(value) && names.some(one => !own(value, one))) yield true; },
  *properties(value, known, node, path, root, around) {
    for (const key of fieldsOf(value)) {
      if (own(known, key)) yield* faultsIn(value[key], known[key], [...path, key], root, around);
    }
  },
  *additionalProperties(value, more, node, path, root, around) {
    const others = fieldsOf(value).filter(key => !own(node.properties || {}, key) &&
      !Object.keys(node.patternProperties || {}).some(pattern => matches(pattern, key)));
    if (more === false && others.length) yield true;
    if (isMapping(more)) for (const key of others) yield* faultsIn(value[key], more, [...path, key], root, around);
  },
  *propertyNames(value, names, node, path, root) {
    for (const key of fieldsOf(value)) yield* faultsIn(key, names, path, root, { isName: true });
  },
  *items(value, every, node, path, root, around) {
    for (const [at, one] of Array.isArray(value) ? value.entries() : []) {
      yield* faultsIn(one, every, [...path, at], root, around);
    }
  },
  *allOf(value, all, node, path, root, around) { for (const one of all) yield* faultsIn(value, one, path, root, around); },
  *anyOf(value, some, node, path, root, around) {
    const context = some.map(one => [...faultsIn(value, one, path, root, around)]);
    if (context.every(one => one.length)) yield { context };
  },
  *oneOf(value, some, node, path, root, around) {
    const context = some.map(one => [...faultsIn(value, one, path, root, around)]);
    const fitting = context.filter(one => !one.length).length;
    if (fitting !== 1) yield { context: fitting ? [] : context };
  },
  *not(value, unwanted, node, path, root) { if (isValid(value, unwanted, root)) yield true; },
  *if(value, condition, node, path, root, around) {
    const next = isValid(value, condition, root) ? node.then : node.else;
    if (next !== undefined) yield* faultsIn(value, next, path, root, around);
  },
  *dependentSchemas(value, schemas, node, path, root, around) {
    for (const key of fieldsOf(value)) if (own(schemas, key)) yield* faultsIn(value, schemas[key], path, root, around);
  },
};

function nearest(word, known) {
  const others = known.filter(one => one !== word).map(one => [likeness(one, word), one]);
  const close = others.filter(one => one[0] >= 0.6).sort((one, other) => other[0] - one[0] || (other[1] > one[1] ? 1 : -1));
  return close.length ? ` (did you mean \`${close[0][1]}\`?)` : "";
}

function likeness(one, other) {
  // The ratio of Python's difflib: what two texts have in common, the longest piece first.
  const a = [...one], b = [...other];
  if (2 * Math.min(a.length, b.length) < 0.6 * (a.length + b.length)) return 0;
  const common = (fromA, toA, fromB, toB) => {
    let best = [fromA, fromB, 0], before = [];
    for (let i = fromA; i < toA; i++) {
      const now = [];
      for (let j = fromB; j < toB; j++) {
        if (a[i] !== b[j]) continue;
        now[j] = (before[j - 1] || 0) + 1;
        if (now[j] > best[2]) best = [i - now[j] + 1, j - now[j] + 1, now[j]];
      }
      before = now;
    }
    const [i, j, size] = best;
    return size && size + common(fromA, i, fromB, j) + common(i + size, toA, j + size, toB);
  };
  return 2 * common(0, a.length, 0, b.length) / (a.length + b.length);
}

function* worded(fault) {
  // The findings of one fault: place, code, message, and what to do.
  const { path, keyword, limit: wanted, schema, value } = fault, here = namedPlace(path);
  const say = (code, message, help, at = path) => ({ path: at, code, message, help });
  const described = schema.description || "";
  if (fault.isName) {
    const allowed = (schema.anyOf || []).filter(one => one.enum).map(one => one.enum)[0];
    const shown = "`" + shortened(value) + "`";
    yield allowed ?
      say("CS203", `${here} has no field ${shown} with this type${nearest(value, allowed)}`,
        `the fields are: ${allowed.join(", ")}`, [...path, value]) :
      say("CS212", `${shown} cannot be a name in ${here}`, `names there match ${schema.pattern || "another form"}`, [...path, value]);
  } else if (keyword === "additionalProperties") {
    const known = Object.keys(schema.properties || {});
    for (const key of Object.keys(value).filter(one => !known.includes(one) && !one.startsWith("x-"))) {
      yield say("CS203", `${here} has no field \`${shortened(key)}\`${nearest(key, known)}`,
        `the fields are: ${known.join(", ")}; a field of your own begins with \`x-\``, [...path, key]);
    }
  } else if (keyword === "required") {
    for (const field of wanted.filter(one => !own(value, one))) {
      const known = (schema.properties || {})[field] || {};
      yield say("CS204", `${here} lacks \`${field}\``,
        `add \`${field}\`` + (known.description ? `: ${known.description}` : ""), [...path, field]);
    }
  } else if (fault.context) {
    yield* alternatives(fault, here, say);
  } else {
    yield simple(fault, here, described, say);
  }
}

function* alternatives({ path, context, value, schema }, here, say) {
  const branches = context.map(faults => faults.filter(one => !(one.keyword === "type" && one.path.length === path.length)));
  const fitting = branches.filter(one => one.length);
  if (fitting.length === 1) {
    for (const one of fitting[0]) yield* worded(one);
    return;
  }
  const types = context.flat().filter(one => one.keyword === "type").flatMap(one => listedOf(one.limit));
  const expected = [...new Set(types.map(one => TYPE_NAMES[one]))].join(" or ");
  yield say(types.length ? "CS205" : "CS210",
    `${here} is ${kindName(value)}` + (expected ? `, not ${expected}` : ", and matches none of the forms that it can have"),
    schema.description || "run `callsheet schema` to see its schema");
}

const FORMS = {
  "^/": ["does not begin with `/`", "a path begins with `/`"],
  "^[/?]": ["does not begin with `/` or `?`", "a path begins with `/`, or with the `?` of a query"],
};

function simple({ path, keyword, limit: wanted, value }, here, described, say) {
  const last = path[path.length - 1];
  if (keyword === "type") {
    const expected = listedOf(wanted).map(one => TYPE_NAMES[one]).join(" or ");
    return say("CS205", `${here} is ${kindName(value)}, not ${expected}`, described || `write ${expected}`);
  }
  if (keyword === "enum" || keyword === "const") {
    const allowed = listedOf(wanted).map(one => isText(one) ? one : JSON.stringify(one));
    return say("CS206", `${here} has a value that is not allowed${isText(value) ? nearest(value, allowed) : ""}`,
      `write one of: ${allowed.join(", ")}`);
  }
  if (keyword === "pattern" && (last === "name" || last === "extends")) {
    return say("CS212", `${here} is not a name`, "use letters, digits and _, at most 30 of them");
  }
  if (keyword === "pattern") {
    const form = FORMS[wanted];
    return form ? say("CS207", `${here} ${form[0]}`, described ? `${form[1]}: ${described}` : form[1]) :
      say("CS207", `${here} does not have the form ${wanted}`, described || "correct it");
  }
  if (keyword === "not") return say("CS210", `${here} is not allowed here`, described);
  return say(["minimum", "maximum", "exclusiveMinimum"].includes(keyword) ? "CS209" : "CS208",
    `${here} does not satisfy ${keyword} ${JSON.stringify(wanted)}`, described || "correct it");
}

function findingsOf(document, schema) {
  const found = new Map();
  for (const fault of faultsIn(document, schema, [], schema, {})) {
    for (const one of worded(fault)) found.set(one.code + jsonOf(one.path) + one.message, one);
  }
  return [...found.values()];
}
