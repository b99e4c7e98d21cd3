"use strict";
(() => {
  const PAGE = 50;
  const SEVERITIES = ["error", "security-warning", "warning", "suggestion"];
  const byId = (id) => document.getElementById(id);
  const state = { text: "", severities: new Set(SEVERITIES), rule: "", sort: "risk", risk: null, shown: PAGE };
  let data;
  let matchingRoles = [];

  // The page is built from text nodes only, so that names from AWS cannot become markup.
  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  async function unpack() {
    const packed = Uint8Array.from(atob(byId("data").textContent.trim()), (sign) => sign.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return restoreFieldNames(JSON.parse(await new Response(stream).text()));
  }

  // Restores the field names of findings. Each text is stored once in the data; findings refer to it by index.
  function restoreFieldNames(packed) {
    const text = (number) => (number === null ? null : packed.texts[number]);
    for (const role of packed.roles) {
      role.findings = role.findings.map(([id, rule, severity, code, message, help, place, pointers, document, consequences]) => ({
        id, rule, severity: SEVERITIES[severity], code, pointers,
        message: text(message), help: text(help), place: text(place), document: text(document),
        consequences: consequences.map(([, line]) => text(line)),
        rules: new Set([rule, ...consequences.map(([number]) => number)]),
      }));
    }
    return packed;
  }

  function searchText(role) {
    if (!role.text) {
      const parts = [role.title, role.role, role.arn, ...role.functions];
      for (const item of role.findings) {
        parts.push(item.message, item.help || "", data.rules[item.rule].slug, item.place, ...item.consequences);
      }
      role.text = parts.join("\n").toLowerCase();
    }
    return role.text;
  }

  function isShown(finding) {
    const named = !state.rule || [...finding.rules].some((number) => data.rules[number].slug === state.rule);
    return named && state.severities.has(finding.severity);
  }

  function matches(role) {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.every((word) => searchText(role).includes(word))) return false;
    if (state.risk !== null && Math.min(9, Math.floor(role.risk / 10)) !== state.risk) return false;
    const all = state.severities.size === SEVERITIES.length && !state.rule;
    return all || role.findings.some(isShown);
  }

  const ORDERS = {
    risk: (left, right) => right.risk - left.risk,
    name: (left, right) => left.title.localeCompare(right.title),
    allows: (left, right) => right.granted - left.granted,
    findings: (left, right) => right.findings.length - left.findings.length,
  };

  function refresh() {
    matchingRoles = data.roles.filter(matches).sort(ORDERS[state.sort]);
    state.shown = PAGE;
    byId("roles").replaceChildren();
    more(0);
    const count = matchingRoles.length === 1 ? "1 role" : `${matchingRoles.length.toLocaleString("en")} roles`;
    byId("count").textContent = `${count} of ${data.roles.length.toLocaleString("en")}`;
  }

  function more(from) {
    const list = byId("roles");
    for (const role of matchingRoles.slice(from, state.shown)) list.append(make("li", {}, card(role)));
    byId("more").hidden = state.shown >= matchingRoles.length;
  }

  function card(role) {
    const level = role.risk >= 70 ? "high" : role.risk >= 40 ? "middle" : "low";
    const needs = role.needed === null ? "" : `, needs ${role.needed.toLocaleString("en")}`;
    const findings = role.findings.length === 1 ? "1 finding" : `${role.findings.length} findings`;
    const detail = `allows ${role.granted.toLocaleString("en")}${needs}; ${findings}`;
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
    for (const item of role.findings.filter(isShown)) inside.append(findingSection(item));
    if (!role.findings.length) inside.append(make("p", {}, "Nothing was found."));
    if (role.replacement) inside.append(replacementSection(role.replacement));
    node.append(inside);
  }

  function findingSection(item) {
    const rule = data.rules[item.rule];
    const title = make("p", {},
      make("span", { class: "severity" }, item.severity.replace("-", " ")), ` ${rule.slug} `,
      item.code ? make("span", { class: "dim" }, `${item.code} `) : null,
      make("a", { href: `#finding-${item.id}`, "aria-label": "link to this finding" }, "#"));
    const node = make("section", { class: `finding ${item.severity}`, id: `finding-${item.id}`, tabindex: "-1" },
      title, make("p", {}, item.message), ...item.consequences.map((line) => make("p", { class: "dim" }, line)));
    if (item.help) node.append(make("p", { class: "dim" }, item.help));
    if (item.place) node.append(make("p", { class: "dim" }, `at ${item.place}`));
    if (rule.url && rule.url.startsWith("https://docs.aws.amazon.com/")) {
      node.append(make("p", {}, make("a", { href: rule.url, rel: "noreferrer" }, "AWS documentation")));
    }
    if (item.document !== null) node.append(policyDetails(item));
    return node;
  }

  function policyDetails(item) {
    const node = make("details", {}, make("summary", {}, "the policy"));
    node.addEventListener("toggle", () => {
      if (!node.open || node.dataset.filled) return;
      node.dataset.filled = "yes";
      node.append(make("pre", { tabindex: "0" }, ...markedDocument(item.document, new Set(item.pointers))));
      const first = node.querySelector("mark");
      if (first) first.scrollIntoView({ block: "nearest" });
    });
    return node;
  }

  // A document as text nodes, with the values at the JSON pointers marked.
  function markedDocument(text, pointers) {
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

  function replacementSection(item) {
    const node = make("section", {}, make("h2", {}, `Replacement: ${item.before} actions to ${item.after}`));
    const list = make("ul", {});
    for (const line of [...item.proved, ...item.added, ...item.unproved, ...item.notes]) list.append(make("li", {}, line));
    node.append(list);
    for (const policy of item.policies) {
      node.append(make("details", {}, make("summary", {}, policy.name),
        make("pre", { tabindex: "0" }, JSON.stringify(policy.document, null, 2))));
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
        for (const sibling of place.querySelectorAll("button")) sibling.setAttribute("aria-pressed", "false");
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
    for (const role of data.roles) for (const item of role.findings) for (const number of item.rules) rules[number].count += 1;
    rules.sort((left, right) => right.count - left.count);
    bars(byId("rules"), rules.slice(0, 10), (row) => { state.rule = row ? row.slug : ""; byId("rule").value = state.rule; });
    for (const rule of [...data.rules].sort((left, right) => left.slug.localeCompare(right.slug))) {
      byId("rule").append(make("option", { value: rule.slug }, rule.slug));
    }
  }

  function notEvaluated() {
    if (!data.gaps.length) return;
    byId("gaps").hidden = false;
    for (const line of data.gaps) byId("gaplist").append(make("li", {}, line));
  }

  // A link to a role or a finding opens it and scrolls to it, even if the filters hide it.
  function follow() {
    const [kind, id] = [location.hash.slice(1).split("-")[0], location.hash.slice(1).split("-").slice(1).join("-")];
    if (!id || (kind !== "role" && kind !== "finding")) return;
    const role = data.roles.find((item) => (kind === "role" ? item.id === id : item.findings.some((finding) => finding.id === id)));
    if (!role) return;
    if (!matchingRoles.includes(role)) reset();
    const at = matchingRoles.indexOf(role);
    if (at >= state.shown) { const from = state.shown; state.shown = at + 1; more(from); }
    const node = byId(`role-${role.id}`);
    node.open = true;
    if (!node.dataset.filled) fill(node, role);
    const target = kind === "role" ? node : byId(`finding-${id}`);
    for (const previous of document.querySelectorAll(".target")) previous.classList.remove("target");
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
    data = await unpack();
    charts();
    notEvaluated();
    listen();
    refresh();
    follow();
    document.body.dataset.ready = "yes";
  }

  start();
})();
