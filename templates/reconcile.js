"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("rows");
  const rows = table ? [...table.querySelectorAll("tr.entry")] : [];
  const body = rows.length ? rows[0].parentNode : null;
  const columns = [...document.querySelectorAll("svg .column")].filter((column) => column.dataset.combination);
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const state = { text: "", verdict: "", function: "", combination: "", disagreements: false };

  const named = (row, name) => row.querySelector(`.${name}`).textContent;
  const orders = {
    risk: () => 0, // the order of the page
    action: (left, right) => named(left, "action").localeCompare(named(right, "action")),
    resource: (left, right) => named(left, "resource").localeCompare(named(right, "resource")),
  };

  function matches(row) {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    return words.every((word) => texts.get(row).includes(word))
      && (!state.verdict || row.dataset.verdict === state.verdict)
      && (!state.function || row.dataset.function === state.function)
      && (!state.combination || row.dataset.combination === state.combination)
      && (!state.disagreements || row.dataset.disagrees === "yes");
  }

  function refresh() {
    let shown = 0;
    for (const row of rows) {
      row.hidden = !matches(row);
      if (!row.hidden) shown += 1;
    }
    byId("count").textContent = `${shown} row${shown === 1 ? "" : "s"} of ${rows.length}`;
    for (const column of columns) column.setAttribute("aria-pressed", String(column.dataset.combination === state.combination));
  }

  function reset() {
    Object.assign(state, { text: "", verdict: "", function: "", combination: "", disagreements: false });
    byId("search").value = "";
    byId("verdict").value = "";
    if (byId("function")) byId("function").value = "";
    byId("disagreements").checked = false;
    refresh();
  }

  function press(column) {
    const key = column.dataset.combination;
    state.combination = state.combination === key ? "" : key;
    refresh();
  }

  function listen() {
    byId("search").addEventListener("input", (event) => { state.text = event.target.value; refresh(); });
    byId("verdict").addEventListener("change", (event) => { state.verdict = event.target.value; refresh(); });
    if (byId("function")) byId("function").addEventListener("change", (event) => { state.function = event.target.value; refresh(); });
    byId("disagreements").addEventListener("change", (event) => { state.disagreements = event.target.checked; refresh(); });
    byId("sort").addEventListener("change", (event) => {
      if (body) body.append(...[...rows].sort(orders[event.target.value]));
    });
    byId("reset").addEventListener("click", reset);
    for (const column of columns) {
      column.setAttribute("role", "button");
      column.setAttribute("tabindex", "0");
      column.setAttribute("aria-label", column.querySelector("title").textContent);
      column.addEventListener("click", () => press(column));
      column.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        press(column);
      });
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        event.preventDefault();
        byId("search").focus();
      } else if (event.key === "Escape" && document.activeElement === byId("search")) {
        reset();
      }
    });
  }

  document.querySelector(".controls").hidden = false;
  listen();
  refresh();
  document.body.dataset.ready = "yes";
})();
