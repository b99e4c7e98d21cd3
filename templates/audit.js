(() => {
  const PAGE = 50;
  const PRINTED = 200;
  const SEVERITIES = ["error", "security-warning", "warning", "suggestion"];
  // Ranges of risk, the highest first, by their lowest number.
  const RANGES = [[90, "90 to 100"], [70, "70 to 89"], [40, "40 to 69"], [1, "1 to 39"], [0, "0"]];
  const { byId, make, words, readFilters, writeFilters, listenForKeys, makeButton } = page;
  const SHOW_ALL = { text: "", severities: SEVERITIES, rule: "", account: "", risk: "", reach: "" };
  const state = { ...SHOW_ALL, sort: "risk", shown: PAGE };
  let data;
  let matchingRoles = [];

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
      const parts = [role.title, role.role, role.arn, role.words, ...role.functions, ...role.gaps];
      for (const item of role.findings) {
        parts.push(item.message, item.help || "", data.rules[item.rule].slug, item.place, ...item.consequences);
      }
      role.text = parts.join("\n").toLowerCase();
    }
    return role.text;
  }

  function isShown(finding) {
    const named = !state.rule || [...finding.rules].some((number) => data.rules[number].slug === state.rule);
    return named && state.severities.includes(finding.severity);
  }

  const range = (risk) => String(RANGES.find(([lowest]) => risk >= lowest)[0]);

  function matches(role) {
    if (!words(state.text).every((word) => searchText(role).includes(word))) return false;
    if (state.risk && range(role.risk) !== state.risk) return false;
    if (state.reach && role.reach !== state.reach) return false;
    if (state.account && role.account !== state.account) return false;
    const all = state.severities.length === SEVERITIES.length && !state.rule;
    return all || role.findings.some(isShown);
  }

  const ORDERS = {
    risk: () => 0, // the order of the data
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
    for (const bar of document.querySelectorAll("[data-filter]")) {
      bar.setAttribute("aria-pressed", String(state[bar.dataset.filter] === bar.dataset.value));
    }
  }

  function more(from) {
    const list = byId("roles");
    for (const role of matchingRoles.slice(from, state.shown)) list.append(make("li", {}, card(role)));
    byId("more").hidden = state.shown >= matchingRoles.length;
  }

  const level = (risk) => (risk >= 70 ? "high" : risk >= 40 ? "middle" : "low");

  function card(role) {
    const findings = role.findings.length === 1 ? "1 finding" : `${role.findings.length} findings`;
    const worst = role.findings[0];
    const summary = make("summary", {},
      make("span", { class: `risk ${level(role.risk)}`, title: "risk from 0 to 100" }, String(role.risk)),
      make("span", { class: "name" }, role.title,
        role.words ? make("span", { class: `reach ${role.reach}` }, role.words) : null),
      make("span", { class: "dim amount" }, findings),
      worst || role.gaps.length ? make("span", { class: "lead" }, ...prose(worst ? worst.message : role.gaps[0])) : null);
    const node = make("details", { class: "role", id: `role-${role.id}` }, summary);
    node.addEventListener("toggle", () => { if (node.open) fill(node, role); });
    return node;
  }

  // A text in which names between backticks are code.
  function prose(text) {
    return text.split(/`([^`]+)`/).map((part, at) => (at % 2 ? make("code", {}, part) : part));
  }

  // A picture that the report drew, in which all names are escaped.
  function picture(number) {
    const drawn = new DOMParser().parseFromString(data.texts[number], "image/svg+xml").documentElement;
    return document.importNode(drawn, true);
  }

  function fill(node, role) {
    if (node.dataset.filled) return;
    node.dataset.filled = "yes";
    const inside = make("div", { class: "inside" });
    inside.append(make("p", { class: "dim" }, `role ${role.arn} `, make("a", { href: `#role-${role.id}` }, "link")));
    if (role.functions.length) inside.append(make("p", { class: "dim" }, `functions: ${role.functions.join(", ")}`));
    const rest = make("div", { class: "rest" }, accessSection(role));
    for (const item of role.findings.filter(isShown)) rest.append(findingSection(item));
    const hidden = role.findings.length - role.findings.filter(isShown).length;
    if (hidden) rest.append(make("p", { class: "dim" }, `The filters hide ${hidden} more ${hidden === 1 ? "finding" : "findings"} of this role.`));
    if (!role.findings.length && !role.gaps.length) rest.append(make("p", {}, "Nothing was found."));
    for (const line of role.gaps) rest.append(make("p", { class: "gap" }, ...prose(line)));
    if (role.replacement) rest.append(replacementSection(role.replacement));
    inside.append(make("div", { class: "split" }, role.paths === null ? null : pathsSection(role), rest));
    node.append(inside);
  }

  function pathsSection(role) {
    const place = make("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "What the role can become" }, picture(role.paths));
    return make("section", {}, make("h3", {}, "What it can become"), place, role.left ? make("p", { class: "dim" }, role.left) : null);
  }

  function accessSection(role) {
    return make("section", {}, make("h3", {}, "Actions granted, needed and used"), picture(role.access),
      role.needed === null ? make("p", { class: "dim small" }, ...prose("No spec declares what its functions need (`--spec`).")) : null,
      role.used === null ? make("p", { class: "dim small" }, ...prose("No record of what it used was given (`--usage`, `--last-accessed`).")) : null);
  }

  function findingSection(item) {
    const rule = data.rules[item.rule];
    const title = make("p", {},
      make("span", { class: "severity" }, item.severity.replace("-", " ")), ` ${rule.slug} `,
      item.code ? make("span", { class: "dim" }, `${item.code} `) : null,
      make("a", { href: `#finding-${item.id}`, "aria-label": "link to this finding" }, "#"));
    const node = make("section", { class: `finding ${item.severity}`, id: `finding-${item.id}`, tabindex: "-1" },
      title, make("p", { class: "message" }, ...prose(item.message)),
      ...item.consequences.map((line) => make("p", { class: "dim" }, ...prose(line))));
    if (item.help) node.append(make("p", {}, make("b", {}, "What to do: "), ...prose(item.help)));
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
    const node = make("section", {}, make("h3", {}, `Replacement: ${item.before} actions to ${item.after}`));
    const list = make("ul", {});
    for (const line of [...item.proved, ...item.added, ...item.unproved, ...item.notes]) list.append(make("li", {}, line));
    node.append(list);
    for (const policy of item.policies) {
      node.append(make("details", {}, make("summary", {}, policy.name),
        make("pre", { tabindex: "0" }, JSON.stringify(policy.document, null, 2))));
    }
    return node;
  }

  function bars(place, filter, rows) {
    const most = Math.max(1, ...rows.map((row) => row.count));
    for (const row of rows) {
      const bar = make("i", { "aria-hidden": "true" });
      bar.style.width = `${(100 * row.count) / most}%`;
      const button = make("button", { class: "bar", type: "button", "data-filter": filter, "data-value": row.value },
        make("span", {}, row.name), make("span", {}, bar), make("span", {}, row.count.toLocaleString("en")));
      button.addEventListener("click", () => toggle(filter, row.value));
      place.append(button);
    }
  }

  function overview() {
    for (const tile of document.querySelectorAll(".tile")) {
      Object.assign(tile.dataset, { filter: "reach", value: tile.dataset.reach });
      makeButton(tile, () => toggle("reach", tile.dataset.reach));
    }
    const ranges = RANGES.map(([lowest, name]) => ({ name: `risk ${name}`, value: String(lowest), count: 0 }));
    for (const role of data.roles) ranges.find((row) => row.value === range(role.risk)).count += 1;
    bars(byId("risks"), "risk", ranges);
    const rules = data.rules.map((rule) => ({ name: rule.slug, value: rule.slug, count: 0 }));
    for (const role of data.roles) for (const item of role.findings) for (const number of item.rules) rules[number].count += 1;
    rules.sort((left, right) => right.count - left.count);
    bars(byId("rules"), "rule", rules.slice(0, 8));
    options("rule", rules.map((rule) => rule.value));
    options("account", [...new Set(data.roles.map((role) => role.account))]);
    byId("accounts").hidden = byId("account").options.length < 3;
    for (const hidden of document.querySelectorAll(".charts, .controls")) hidden.hidden = !data.roles.length;
  }

  function options(id, values) {
    for (const value of [...values].sort((left, right) => left.localeCompare(right))) {
      byId(id).append(make("option", { value }, value));
    }
  }

  // A link to a role or a finding opens it and scrolls to it, even if the filters hide it; one with filters sets them.
  function follow() {
    const filters = readFilters();
    if (filters) { restore(filters); return; }
    const [kind, id] = [location.hash.slice(1).split("-")[0], location.hash.slice(1).split("-").slice(1).join("-")];
    if (!id || (kind !== "role" && kind !== "finding")) return;
    const role = data.roles.find((item) => (kind === "role" ? item.id === id : item.findings.some((finding) => finding.id === id)));
    if (!role) return;
    if (!matchingRoles.includes(role) || (kind === "finding" && !role.findings.filter(isShown).some((finding) => finding.id === id))) apply({});
    const at = matchingRoles.indexOf(role);
    if (at >= state.shown) { const from = state.shown; state.shown = at + 1; more(from); }
    const node = byId(`role-${role.id}`);
    node.open = true;
    fill(node, role);
    const target = kind === "role" ? node : byId(`finding-${id}`);
    for (const previous of document.querySelectorAll(".target")) previous.classList.remove("target");
    if (!target) return;
    target.classList.add("target");
    target.scrollIntoView({ block: "start" });
    (kind === "role" ? node.querySelector("summary") : target).focus({ preventScroll: true });
  }

  // Sets filters, and the controls that show them; what is not in `filters` shows all.
  function apply(filters) {
    Object.assign(state, SHOW_ALL, filters);
    byId("search").value = state.text;
    for (const id of ["rule", "account", "sort"]) {
      byId(id).value = state[id];
      if (byId(id).selectedIndex < 0) byId(id).selectedIndex = 0; // a link may name what is not in this page
      state[id] = byId(id).value;
    }
    for (const box of document.querySelectorAll("[data-severity]")) box.checked = state.severities.includes(box.dataset.severity);
    refresh();
  }

  function change(filters) {
    apply({ ...state, ...filters });
    const { text, rule, account, risk, reach, sort, severities } = state;
    const all = severities.length === SEVERITIES.length;
    writeFilters({ search: text, rule, account, risk, reach, sort: sort === "risk" ? "" : sort, severity: all ? "" : severities.join(",") || "none" });
  }

  const toggle = (filter, value) => change({ [filter]: state[filter] === value ? "" : value });

  function restore(filters) {
    const named = Object.fromEntries(["rule", "account", "risk", "reach"].map((name) => [name, filters.get(name) || ""]));
    const severities = filters.has("severity") ? SEVERITIES.filter((name) => filters.get("severity").split(",").includes(name)) : SEVERITIES;
    apply({ ...named, severities, text: filters.get("search") || "", sort: filters.get("sort") || "risk" });
  }

  function reset() {
    apply({});
    change({});
  }

  // On paper the roles that match are shown with all findings, not more than a browser can put into pages.
  function expand() {
    state.shown = Math.max(state.shown, Math.min(PRINTED, matchingRoles.length));
    const rest = matchingRoles.length - state.shown;
    byId("paper").textContent = rest > 0 ? `${rest.toLocaleString("en")} more roles are not on paper: filter the page to print them.` : "";
    more(byId("roles").childElementCount);
    for (const [at, node] of [...document.querySelectorAll("#roles details.role")].entries()) {
      node.open = true;
      fill(node, matchingRoles[at]);
    }
  }

  function listen() {
    byId("search").addEventListener("input", (event) => change({ text: event.target.value }));
    for (const id of ["rule", "account", "sort"]) byId(id).addEventListener("change", (event) => change({ [id]: event.target.value }));
    for (const box of document.querySelectorAll("[data-severity]")) {
      box.addEventListener("change", () => {
        const boxes = [...document.querySelectorAll("[data-severity]")];
        change({ severities: boxes.filter((item) => item.checked).map((item) => item.dataset.severity) });
      });
    }
    byId("reset").addEventListener("click", reset);
    byId("more").addEventListener("click", () => { const from = state.shown; state.shown += PAGE; more(from); });
    window.addEventListener("hashchange", follow);
    window.addEventListener("beforeprint", expand);
    listenForKeys(reset);
  }

  async function start() {
    // Until the data is there, or if a browser cannot unpack it, the page must not look as if nothing was found.
    const waiting = make("p", { id: "waiting", role: "status" }, "The findings are being unpacked.");
    byId("roles").before(waiting);
    try {
      data = await unpack();
    } catch (error) {
      waiting.textContent = `The findings could not be unpacked (${error}). Without JavaScript the page shows them as a table.`;
      return;
    }
    waiting.remove();
    overview();
    listen();
    refresh();
    follow();
    document.body.dataset.ready = "yes";
  }

  start();
})();
