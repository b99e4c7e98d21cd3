// Code that is wider than the screen is reached with Tab, and is then scrolled with the arrow keys.
// The theme does so where there is a mouse, and takes the attribute away where there is none.
"use strict";
const makeReachable = (code) => {
  if (code.scrollWidth > code.clientWidth && !code.hasAttribute("tabindex")) code.setAttribute("tabindex", "0");
};
const sizes = new ResizeObserver((entries) => entries.forEach((entry) => makeReachable(entry.target)));
const attributes = new MutationObserver((changes) => changes.forEach((change) => makeReachable(change.target)));
for (const code of document.querySelectorAll("pre > code")) {
  sizes.observe(code);
  attributes.observe(code, { attributeFilter: ["tabindex"] });
}
