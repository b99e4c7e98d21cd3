"use strict";
// What the pages share: elements, filters in the address, keys.
const page = (() => {
  const byId = (id) => document.getElementById(id);

  // The pages are built from text nodes only, so that names from AWS cannot become markup.
  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

  // The filters of the address's fragment, as #search=a+b&rule=c; null if it is another one.
  function readFilters() {
    const text = location.hash.slice(1);
    return text.includes("=") ? new URLSearchParams(text) : null;
  }

  function writeFilters(filters) {
    const parts = new URLSearchParams(Object.entries(filters).filter(([, value]) => value));
    history.replaceState(null, "", `#${parts}`);
  }

  // "/" goes to the search, Escape in it shows all.
  function listenForKeys(reset) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        event.preventDefault();
        byId("search").focus();
      } else if (event.key === "Escape" && document.activeElement === byId("search")) {
        reset();
      }
    });
  }

  // An element that works as a button, by mouse and keyboard.
  function makeButton(node, press) {
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", "0");
    node.addEventListener("click", press);
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press();
    });
  }

  return { byId, make, words, readFilters, writeFilters, listenForKeys, makeButton };
})();
