"use strict";
// The page for a new action: what to start from, the form, what is found, and the YAML. It uses the scripts
// beside it; nothing leaves the page.

const data = { ...given, schema: JSON.parse(given.schema) };
const loaded = new Map(), waiting = new Map();
function callsheetStarts(path, text) {
  loaded.set(path, parsed(text).value);
  if (waiting.has(path)) waiting.get(path)();
}

function hasSurrogate(value) {
  if (Array.isArray(value)) return value.some(hasSurrogate);
  if (isMapping(value)) return Object.entries(value).some(([key, one]) => SURROGATE.test(key) || hasSurrogate(one));
  return typeof value === "string" && SURROGATE.test(value);
}

function newAction(form) {
  const words = JSON.parse(form.dataset.words), host = JSON.parse(form.dataset.host), language = document.documentElement.lang;
  const find = name => form.querySelector(name), named = name => form.elements.namedItem(name);
  const fields = new Fields(data.schema, words, JSON.parse(form.dataset.french), language, isOther => isOther ? build() : show());
  fields.deepest = data.deepest;
  const secrets = new Secrets(data.secrets), titled = one => one.title ? `${one.label} · ${one.title}` : one.label;
  let start = data.blank;
  // A workspace without a connection may still get one with its action: its name is written.
  if (data.connections.length) fields.offered.set("/spec/connection", data.connections.map(one => [one.label, titled(one)]));

  function option(select, value, text) { select.append(make("option", { value }, text)); }
  function listed() {
    const select = named("start"), group = (label, values, text) => {
      if (!values.length) return;
      const found = make("optgroup", { label });
      values.forEach((one, at) => option(found, `${label}:${at}`, text(one)));
      select.append(found);
    };
    option(select, "blank", words.blank);
    option(select, "curl", words.curl);
    group(words.samples, data.samples, titled);
    group(words.connections, data.connections, titled);
    group(words.contracts, data.contracts, one => one.title ? `${one.reference} · ${one.title}` : one.reference);
    select.addEventListener("change", chosen);
    named("operation").addEventListener("change", () => {
      const several = loaded.get(contract().script), at = named("operation").value;
      if (at !== "") begin(several[Number(at)]);
    });
    named("read").addEventListener("click", readCurl);
  }
  const split = value => [value.slice(0, value.lastIndexOf(":")), Number(value.slice(value.lastIndexOf(":") + 1))];
  const contract = () => data.contracts[split(named("start").value)[1]];

  function chosen() {
    const [group, at] = split(named("start").value), value = named("start").value;
    find(".operation").hidden = true;
    find(".curl").hidden = value !== "curl";
    note();
    if (value === "blank") begin(data.blank);
    else if (group === words.samples) begin(data.samples[at]);
    else if (group === words.connections) begin(data.connections[at]);
    else if (group === words.contracts) load(contract());
  }
  function note(...inside) { find(".noted").replaceChildren(...inside); }
  function load(one) {
    const select = named("operation"), noted = [];
    if (one.why) noted.push(make("p", { className: "error" }, `${words.contract_unread} `, make("span", { lang: "en" }, ...coded(one.why))));
    else if (!one.script) noted.push(make("p", {}, words.no_operation));
    if (one.more) {
      noted.push(make("p", {}, words.more.replace("%", String(one.more)), " ",
        make("code", {}, `callsheet import openapi ${one.reference} --operation ID`)));
    }
    const left = Object.entries(one.left);
    if (left.length) {
      noted.push(make("details", {}, make("summary", {}, `${words.left} (${left.length})`), make("ul", { lang: "en" },
        ...left.map(([name, why]) => make("li", {}, make("code", {}, name), " ", ...coded(why))))));
    }
    note(...noted);
    if (!one.script) return;
    const ready = () => {
      if (named("start").value.startsWith(words.contracts) && contract() === one) {
        select.replaceChildren();
        option(select, "", words.choose);
        loaded.get(one.script).forEach((it, at) => option(select, String(at), `${it.label} (${it.document.spec.request.method})`));
        find(".operation").hidden = false;
      }
    };
    if (loaded.has(one.script)) return ready();
    waiting.set(one.script, ready);
    const script = make("script", { src: form.dataset.root + one.script });
    script.addEventListener("error", () => note(make("p", { className: "error" }, words.not_loaded), ...noted));
    document.head.append(script);
  }
  function readCurl() {
    try {
      const { document: made, head } = actionOfCurl(named("curl").value, data.curl);
      const hasSecrets = jsonOf(made).includes('"secret":"env:');
      // What was pasted may contain them.
      named("curl").value = "";
      note(make("p", {}, hasSecrets ? `${words.curl_done} ${words.curl_secrets}` : words.curl_done));
      begin({ ...data.blank, document: made, head: [...data.blank.head, ...head], findings: null, files: {}, values: [] });
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
      const line = named("curl").value.trim(), said = [words.curl_unread];
      if (error.part) said.push(` ${words.curl_part} `, make("code", {}, error.part));
      note(make("p", { className: "warning" }, ...said), make("p", {}, words.curl_command),
        make("pre", { tabIndex: 0 }, `callsheet import curl '${line.replaceAll("'", "'\\''")}'`));
    }
  }
  function begin(one) {
    start = one;
    fields.open.clear();
    fields.document = one.document;
    build();
  }
  const isChanged = () => jsonOf(fields.document) !== jsonOf(start.document);
  function stillRead() {
    // The values of environments that the start reads, without those that nothing names after an edit.
    const texts = [jsonOf(fields.document), ...Object.values(start.files)], before = jsonOf(start.document);
    return start.values.filter(one => !before.includes(one) || texts.some(text => text.includes(one)));
  }

  function build() {
    const here = document.activeElement && document.activeElement.id, box = find(".fields");
    fields.boxes.clear();
    fields.wrong.clear();
    const known = data.schema.properties, spec = known.spec.properties, group = (title, ...inside) =>
      make("fieldset", {}, make("legend", {}, title), ...inside);
    const of = (path, properties, names) => names.map(key => fields.field([...path, key], properties[key]));
    const apart = ["connection", "request", "authentication", "parameters"];
    box.replaceChildren(
      group(words.group_metadata, ...of(["metadata"], known.metadata.properties, Object.keys(known.metadata.properties))),
      group(words.group_request, fields.field(["spec", "connection"], spec.connection),
        ...of(["spec", "request"], spec.request.properties, Object.keys(spec.request.properties))),
      ...["authentication", "parameters"].map(key => make("div", { className: "part" }, fields.field(["spec", key], spec[key]))),
      group(words.group_more, ...of(["spec"], spec, Object.keys(spec).filter(key => !apart.includes(key)))),
    );
    const next = document.getElementById(fields.next || here || "");
    fields.next = "";
    show();
    if (next && document.activeElement !== next) next.focus();
  }

  function ownFindings() {
    // What is not the compiler's to say: of the page itself.
    const found = [...fields.wrong].map(([pointer, one]) => isMapping(one) ? { pointer, ...one } : { pointer, message: one });
    const name = fields.at(["metadata", "name"]);
    if (data.taken.includes(name)) found.push({ pointer: "/metadata/name", message: words.taken });
    if (hasSurrogate(fields.document)) found.push({ pointer: "", message: words.not_text });
    return found;
  }
  function adjusted(one) {
    // As the workspace takes it: not at all, or as something else than it is by itself.
    const severity = data.severity[one.code];
    return severity === "off" ? null : severity ? { ...one, severity } : one;
  }
  function item(one) {
    if (!one.code) return make("li", { className: "error" }, one.message);
    return make("li", { className: one.severity || "error", lang: "en" }, make("strong", {}, one.code), " ", ...coded(one.message),
      make("br"), make("span", { className: "dim" }, ...coded(one.help)));
  }
  function beside(findings) {
    for (const { said, control } of fields.boxes.values()) {
      said.replaceChildren();
      control.removeAttribute("aria-invalid");
    }
    for (const one of findings) {
      let pointer = one.pointer === undefined ? pointerTo(one.path) : one.pointer;
      while (pointer && !fields.boxes.has(pointer)) pointer = pointer.slice(0, pointer.lastIndexOf("/"));
      const box = fields.boxes.get(pointer);
      if (!box) continue;
      const className = one.severity || "error";
      box.said.append(make("p", one.code ? { className, lang: "en" } : { className },
        ...(one.code ? [`${one.code} `, ...coded(one.message)] : [one.message])));
      if (className === "error" && box.control.tagName !== "SUMMARY") box.control.setAttribute("aria-invalid", "true");
    }
  }
  function judged(findings) {
    const count = findings.length === 1 ? words.one_finding : words.findings.replace("%", String(findings.length));
    const found = [make("p", {}, findings.length ? count : words.fine)];
    if (findings.length) found.push(make("ul", { className: "findings" }, ...findings.map(item)));
    if (start.findings === null && Object.keys(start.files).length) found.push(make("p", {}, words.start_unasked));
    if (start.findings) {
      const title = isChanged() ? words.start_said_before : words.start_said;
      found.push(start.findings.length ? make("details", { open: !isChanged() }, make("summary", {}, title),
        make("ul", { className: "findings" }, ...start.findings.map(item))) : make("p", {}, words.start_fine));
    }
    const values = stillRead();
    if (values.length) found.push(make("p", {}, words.values, " ", make("code", {}, values.join(", "))));
    find(".judged").replaceChildren(...found);
  }
  function needed() {
    const files = Object.entries(start.files);
    find(".needed").replaceChildren(...files.length ? [make("h3", {}, isChanged() ? words.needed_before : words.needed), ...files.map(([path, text]) => {
      const button = make("button", { type: "button", "aria-label": `${words.download} ${path}` }, words.download);
      button.addEventListener("click", () => save(path.split("/").pop(), text));
      return make("details", {}, make("summary", {}, make("code", {}, path)), make("p", {}, button), make("pre", { tabIndex: 0 }, text));
    })] : []);
  }

  const name = () => String(fields.at(["metadata", "name"]) || "");
  const path = () => (start.folder ? start.folder + "/" : "") + name() + ".yaml";
  const text = () => yamlOf(fields.document, data.schema, start.head);
  function linked(isUsable, yaml) {
    const link = find("a.host"), said = find(".link"), isGitLab = host && host.kind === "GitLab";
    link.hidden = said.hidden = !host || !isUsable;
    if (link.hidden) return;
    const url = new URL(host.url);
    url.searchParams.set(isGitLab ? "file_name" : "filename", path());
    const empty = url.href;
    url.searchParams.set(isGitLab ? "content" : "value", yaml);
    // Some versions of GitLab ignore the content (gitlab-org/gitlab, issue 594214), which the page says.
    const isLong = url.href.length > Number(form.dataset.most);
    link.href = isLong ? empty : url.href;
    link.textContent = words.on_host.replace("%", host.kind);
    said.textContent = isLong ? words.too_long : isGitLab ? words.gitlab : "";
    said.hidden = !said.textContent;
  }
  function show() {
    const mine = ownFindings(), yaml = text(), written = [...secrets.findings(fields.document)].map(adjusted).filter(Boolean);
    const shaped = findingsOf(fields.document, data.schema).map(one => ({ ...one, message: secrets.hidden(one.message) }));
    const findings = [...mine, ...shaped, ...written];
    const isUsable = !mine.length && /^[A-Za-z0-9_]{1,30}$/.test(name());
    beside(findings);
    judged(findings);
    needed();
    find(".path").textContent = path();
    find("pre.yaml").textContent = yaml;
    named("download").disabled = named("copy").disabled = !isUsable;
    find(".done").textContent = "";
    // A link carries the YAML in its address, which logs keep.
    linked(isUsable && !written.some(one => one.code === "CS601" || one.code === "CS607"), yaml);
  }
  function save(file, content) {
    const link = make("a", { href: URL.createObjectURL(new Blob([content], { type: "application/yaml" })), download: file });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  named("download").addEventListener("click", () => save(name() + ".yaml", text()));
  named("copy").addEventListener("click", () => {
    const said = copied => { find(".done").textContent = copied ? words.copied : words.not_copied; };
    if (!navigator.clipboard) return said(false);
    navigator.clipboard.writeText(text()).then(() => said(true), () => said(false));
  });
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", event => event.preventDefault());
  listed();
  form.hidden = false;
  document.querySelector(".without").hidden = true;
  begin(data.blank);
}

document.querySelectorAll("form.new").forEach(newAction);
