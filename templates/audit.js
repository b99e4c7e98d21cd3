"use strict";
(() => {
  const PAGE = 50;
  const SEVERITIES = ["error", "security-warning", "warning", "suggestion"];
  const byId = (id) => document.getElementById(id);
  const state = { text: "", severities: new Set(SEVERITIES), rule: "", sort: "risk", risk: null, shown: PAGE };
  let data;
  let found = [];

  // Everything is made of text nodes: nothing that AWS holds can become markup.
  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  async function unpacked() {
    const packed = Uint8Array.from(atob(byId("data").textContent.trim()), (sign) => sign.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return told(JSON.parse(await new Response(stream).text()));
  }

  // Texts stand once in the data, and findings name them by number.
  function told(packed) {
    const text = (number) => (number === null ? null : packed.texts[number]);
    for (const role of packed.roles) {
      role.findings = role.findings.map(([id, rule, severity, code, message, help, path, pointers, document]) => ({
        id, rule, severity: SEVERITIES[severity], code, pointers,
        message: text(message), help: text(help), path: text(path), document: text(document),
      }));
    }
    return packed;
  }

  function texts(role) {
    if (!role.text) {
      const parts = [role.title, role.role, role.arn, ...role.functions];
      for (const each of role.findings) parts.push(each.message, each.help || "", data.rules[each.rule].slug, each.path);
      role.text = parts.join("\n").toLowerCase();
    }
    return role.text;
  }

  function wanted(finding) {
    return state.severities.has(finding.severity) && (!state.rule || data.rules[finding.rule].slug === state.rule);
  }

  function matches(role) {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.every((word) => texts(role).includes(word))) return false;
    if (state.risk !== null && Math.min(9, Math.floor(role.risk / 10)) !== state.risk) return false;
    const all = state.severities.size === SEVERITIES.length && !state.rule;
    return all || role.findings.some(wanted);
  }

  const ORDERS = {
    risk: (one, other) => other.risk - one.risk,
    name: (one, other) => one.title.localeCompare(other.title),
    allows: (one, other) => other.granted - one.granted,
    findings: (one, other) => other.findings.length - one.findings.length,
  };

  function refresh() {
    found = data.roles.filter(matches).sort(ORDERS[state.sort]);
    state.shown = PAGE;
    byId("roles").replaceChildren();
    more(0);
    const count = found.length === 1 ? "1 role" : `${found.length.toLocaleString("en")} roles`;
    byId("count").textContent = `${count} of ${data.roles.length.toLocaleString("en")}`;
  }

  function more(from) {
    const list = byId("roles");
    for (const role of found.slice(from, state.shown)) list.append(make("li", {}, card(role)));
    byId("more").hidden = state.shown >= found.length;
  }

  function card(role) {
    const level = role.risk >= 70 ? "high" : role.risk >= 40 ? "middle" : "low";
    const needs = role.needed === null ? "" : `, needs ${role.needed.toLocaleString("en")}`;
    const detail = `allows ${role.granted.toLocaleString("en")}${needs}; ${role.findings.length} findings`;
    const summary = make("summary", {},
      make("span", { class: `risk ${level}`, title: "risk from 0 to 100" }, String(role.risk)),
      make("span", { class: "name" }, role.title),
      make("span", { class: "dim" }, detail));
    const node = make("details", { class: "role", id: `role-${role.id}` }, summary);
    node.addEventListener("toggle", () => { if (node.open && !node.dataset.filled) fill(node, role); });
    return node;
  }

  function fill(node, role) {
    node.dataset.filled = "yes";
    const inside = make("div", { class: "inside" });
    inside.append(make("p", { class: "dim" }, `role ${role.arn} `, make("a", { href: `#role-${role.id}` }, "link")));
    if (role.functions.length) inside.append(make("p", { class: "dim" }, `functions: ${role.functions.join(", ")}`));
    for (const each of role.findings.filter(wanted)) inside.append(finding(each));
    if (!role.findings.length) inside.append(make("p", {}, "Nothing was found."));
    if (role.replacement) inside.append(replacement(role.replacement));
    node.append(inside);
  }

  function finding(each) {
    const rule = data.rules[each.rule];
    const title = make("p", {},
      make("span", { class: "severity" }, each.severity.replace("-", " ")), ` ${rule.slug} `,
      each.code ? make("span", { class: "dim" }, `${each.code} `) : null,
      make("a", { href: `#finding-${each.id}`, "aria-label": "link to this finding" }, "#"));
    const node = make("section", { class: `finding ${each.severity}`, id: `finding-${each.id}`, tabindex: "-1" },
      title, make("p", {}, each.message));
    if (each.help) node.append(make("p", { class: "dim" }, each.help));
    if (each.path) node.append(make("p", { class: "dim" }, `at ${each.path} ${each.pointers.join(" ")}`));
    if (rule.url && rule.url.startsWith("https://docs.aws.amazon.com/")) {
      node.append(make("p", {}, make("a", { href: rule.url, rel: "noreferrer" }, "AWS's page")));
    }
    if (each.document !== null) node.append(policy(each));
    return node;
  }

  function policy(each) {
    const node = make("details", {}, make("summary", {}, "the policy"));
    node.addEventListener("toggle", () => {
      if (!node.open || node.dataset.filled) return;
      node.dataset.filled = "yes";
      node.append(make("pre", { tabindex: "0" }, ...written(each.document, new Set(each.pointers))));
      const first = node.querySelector("mark");
      if (first) first.scrollIntoView({ block: "nearest" });
    });
    return node;
  }

  // A document as text, the parts at the pointers marked.
  function written(text, pointers) {
    let value;
    try { value = JSON.parse(text); } catch { return [text]; }
    const pieces = [];
    const put = (piece) => pieces.push(piece);
    const escaped = (key) => key.replaceAll("~", "~0").replaceAll("/", "~1");
    function walk(part, pointer, indent) {
      const start = pieces.length;
      if (Array.isArray(part) || (part && typeof part === "object")) {
        const list = Array.isArray(part);
        const entries = list ? part.map((item, at) => [String(at), item]) : Object.entries(part);
        put(list ? "[" : "{");
        entries.forEach(([key, item], at) => {
          put(`${at ? "," : ""}\n${indent}  ${list ? "" : `${JSON.stringify(key)}: `}`);
          walk(item, `${pointer}/${escaped(key)}`, `${indent}  `);
        });
        put(`${entries.length ? `\n${indent}` : ""}${list ? "]" : "}"}`);
      } else {
        put(JSON.stringify(part));
      }
      if (pointers.has(pointer) && pointer) pieces.push(make("mark", {}, ...pieces.splice(start)));
    }
    walk(value, "", "");
    return pieces;
  }

  function replacement(each) {
    const node = make("section", {}, make("h2", {}, `Replacement: ${each.before} actions to ${each.after}`));
    const list = make("ul", {});
    for (const said of [...each.proved, ...each.added, ...each.unproved, ...each.notes]) list.append(make("li", {}, said));
    node.append(list);
    for (const one of each.policies) {
      node.append(make("details", {}, make("summary", {}, one.name),
        make("pre", { tabindex: "0" }, JSON.stringify(one.document, null, 2))));
    }
    return node;
  }

  function bars(place, rows, press) {
    const most = Math.max(1, ...rows.map((row) => row.count));
    for (const row of rows) {
      const bar = make("i", { "aria-hidden": "true" });
      bar.style.width = `${(100 * row.count) / most}%`;
      const button = make("button", { class: "bar", type: "button", "aria-pressed": "false" },
        make("span", {}, row.name), make("span", {}, bar), make("span", {}, row.count.toLocaleString("en")));
      button.addEventListener("click", () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        for (const other of place.querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
        button.setAttribute("aria-pressed", String(on));
        press(on ? row : null);
        refresh();
      });
      place.append(button);
    }
  }

  function charts() {
    const steps = Array.from({ length: 10 }, (_, at) => ({ name: `risk ${at * 10} to ${at === 9 ? 100 : at * 10 + 9}`, count: 0, at }));
    for (const role of data.roles) steps[Math.min(9, Math.floor(role.risk / 10))].count += 1;
    bars(byId("risks"), steps.reverse(), (row) => { state.risk = row && row.at; });
    const rules = data.rules.map((rule) => ({ name: rule.slug, count: 0, slug: rule.slug }));
    for (const role of data.roles) for (const each of role.findings) rules[each.rule].count += 1;
    rules.sort((one, other) => other.count - one.count);
    bars(byId("rules"), rules.slice(0, 10), (row) => { state.rule = row ? row.slug : ""; byId("rule").value = state.rule; });
    for (const rule of [...data.rules].sort((one, other) => one.slug.localeCompare(other.slug))) {
      byId("rule").append(make("option", { value: rule.slug }, rule.slug));
    }
  }

  function gaps() {
    if (!data.gaps.length) return;
    byId("gaps").hidden = false;
    for (const said of data.gaps) byId("gaplist").append(make("li", {}, said));
  }

  // A link names a role or a finding: whatever filters say, it is shown, opened and looked at.
  function follow() {
    const [kind, id] = [location.hash.slice(1).split("-")[0], location.hash.slice(1).split("-").slice(1).join("-")];
    if (!id || (kind !== "role" && kind !== "finding")) return;
    const role = data.roles.find((each) => (kind === "role" ? each.id === id : each.findings.some((one) => one.id === id)));
    if (!role) return;
    if (!found.includes(role)) reset();
    const at = found.indexOf(role);
    if (at >= state.shown) { const from = state.shown; state.shown = at + 1; more(from); }
    const node = byId(`role-${role.id}`);
    node.open = true;
    if (!node.dataset.filled) fill(node, role);
    const target = kind === "role" ? node : byId(`finding-${id}`);
    for (const old of document.querySelectorAll(".target")) old.classList.remove("target");
    if (!target) return;
    target.classList.add("target");
    target.scrollIntoView({ block: "start" });
    (kind === "role" ? node.querySelector("summary") : target).focus({ preventScroll: true });
  }

  function reset() {
    Object.assign(state, { text: "", severities: new Set(SEVERITIES), rule: "", risk: null });
    byId("search").value = "";
    byId("rule").value = "";
    for (const box of document.querySelectorAll("[data-severity]")) box.checked = true;
    for (const bar of document.querySelectorAll(".bar")) bar.setAttribute("aria-pressed", "false");
    refresh();
  }

  function listen() {
    byId("search").addEventListener("input", (event) => { state.text = event.target.value; refresh(); });
    byId("rule").addEventListener("change", (event) => { state.rule = event.target.value; refresh(); });
    byId("sort").addEventListener("change", (event) => { state.sort = event.target.value; refresh(); });
    for (const box of document.querySelectorAll("[data-severity]")) {
      box.addEventListener("change", () => {
        state.severities[box.checked ? "add" : "delete"](box.dataset.severity);
        refresh();
      });
    }
    byId("reset").addEventListener("click", reset);
    byId("more").addEventListener("click", () => { const from = state.shown; state.shown += PAGE; more(from); });
    window.addEventListener("hashchange", follow);
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        event.preventDefault();
        byId("search").focus();
      } else if (event.key === "Escape" && document.activeElement === byId("search")) {
        reset();
      }
    });
  }

  async function start() {
    data = await unpacked();
    charts();
    gaps();
    listen();
    refresh();
    follow();
    document.body.dataset.ready = "yes";
  }

  start();
})();
