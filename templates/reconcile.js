(() => {
  const { byId, words, readFilters, writeFilters, listenForKeys, makeButton } = page;
  const table = byId("rows");
  const rows = table ? [...table.querySelectorAll("tr.entry")] : [];
  const body = rows.length ? rows[0].parentNode : null;
  const columns = [...document.querySelectorAll("svg .column")].filter((column) => column.dataset.combination);
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const SHOW_ALL = { text: "", verdict: "", function: "", combination: "", disagreements: false, sort: "risk" };
  const state = { ...SHOW_ALL };
  let order = "risk"; // that of the rows now

  const named = (row, name) => row.querySelector(`.${name}`).textContent;
  const orders = {
    risk: () => 0, // the order of the page
    action: (left, right) => named(left, "action").localeCompare(named(right, "action")),
    resource: (left, right) => named(left, "resource").localeCompare(named(right, "resource")),
  };

  function matches(row) {
    return words(state.text).every((word) => texts.get(row).includes(word))
      && (!state.verdict || row.dataset.verdict === state.verdict)
      && (!state.function || row.dataset.function === state.function)
      && (!state.combination || row.dataset.combination === state.combination)
      && (!state.disagreements || row.dataset.disagrees === "yes");
  }

  function refresh() {
    let shown = 0;
    if (body && state.sort !== order) body.append(...[...rows].sort(orders[state.sort]));
    order = state.sort;
    for (const row of rows) {
      row.hidden = !matches(row);
      if (!row.hidden) shown += 1;
    }
    byId("count").textContent = `${shown} row${shown === 1 ? "" : "s"} of ${rows.length}`;
    for (const column of columns) column.setAttribute("aria-pressed", String(column.dataset.combination === state.combination));
  }

  // Sets filters, and the controls that show them.
  function apply(filters) {
    Object.assign(state, SHOW_ALL, filters);
    byId("search").value = state.text;
    byId("verdict").value = state.verdict;
    if (byId("function")) byId("function").value = state.function;
    byId("disagreements").checked = state.disagreements;
    byId("sort").value = state.sort;
    if (byId("sort").selectedIndex < 0) byId("sort").selectedIndex = 0; // a link may name what is not in this page
    state.sort = byId("sort").value;
    state.verdict = byId("verdict").value;
    if (byId("function")) state.function = byId("function").value;
    refresh();
  }

  function change(filters) {
    Object.assign(state, filters);
    refresh();
    const { text, verdict, combination, disagreements, sort } = state;
    writeFilters({
      search: text, verdict, function: state.function, combination, disagreements: disagreements ? "yes" : "",
      sort: sort === "risk" ? "" : sort,
    });
  }

  function restore() {
    const filters = readFilters();
    if (!filters) return;
    const [text, verdict, combination] = ["search", "verdict", "combination"].map((name) => filters.get(name) || "");
    const sort = filters.get("sort") || "risk";
    apply({ text, verdict, combination, function: filters.get("function") || "", disagreements: filters.has("disagreements"), sort });
  }

  function reset() {
    apply({});
    writeFilters({});
  }

  function press(column) {
    const key = column.dataset.combination;
    change({ combination: state.combination === key ? "" : key });
  }

  function listen() {
    byId("search").addEventListener("input", (event) => change({ text: event.target.value }));
    byId("verdict").addEventListener("change", (event) => change({ verdict: event.target.value }));
    if (byId("function")) byId("function").addEventListener("change", (event) => change({ function: event.target.value }));
    byId("disagreements").addEventListener("change", (event) => change({ disagreements: event.target.checked }));
    byId("sort").addEventListener("change", (event) => change({ sort: event.target.value }));
    byId("reset").addEventListener("click", reset);
    for (const column of columns) {
      makeButton(column, () => press(column));
      column.setAttribute("aria-label", column.querySelector("title").textContent);
    }
    listenForKeys(reset);
    window.addEventListener("hashchange", restore);
  }

  document.querySelector(".controls").hidden = false;
  listen();
  refresh();
  restore();
  document.body.dataset.ready = "yes";
})();
