"""Looks at a page as its readers do: what axe finds, how large targets are, how clear text and borders, what overflows."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAST_TARGET = 44

RUN = """async ([tags, enhanced]) => {
  const rules = {"target-size": {enabled: true}, "color-contrast-enhanced": {enabled: enhanced}};
  const options = {runOnly: {type: "tag", values: tags}, rules, resultTypes: ["violations"]};
  const {violations} = await axe.run(document, options);
  return violations.map((found) =>
    `${found.id}: ${found.nodes.map((node) => `${node.target} ${node.html.slice(0, 120)}`).join(" | ")}`);
}"""

# What can be pressed, but for links inside a sentence, what is not shown, and the shapes of the body map.
TARGETS = """(least) => {
  const found = [];
  const pressed = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]";
  for (const one of document.querySelectorAll(pressed)) {
    if (one.closest("svg, .visually-hidden") || one.disabled || one.matches(".visually-hidden, .skip")) continue;
    const label = one.matches("[type=radio], [type=checkbox]") ? one.closest("label") ?? one : one;
    const box = label.getBoundingClientRect();
    if (!box.width || !box.height || getComputedStyle(one).visibility === "hidden") continue;
    if (one.matches("a") && getComputedStyle(one).display === "inline" && one.closest("p, li")) continue;
    if (box.width < least - 0.5 || box.height < least - 0.5)
      found.push(`${one.outerHTML.slice(0, 100)}: ${Math.round(box.width)} x ${Math.round(box.height)}`);
  }
  return found;
}"""

# Borders of controls against what is behind them, at least 3:1.
BORDERS = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };
  const behind = (one) => {
    for (let at = one.parentElement; at; at = at.parentElement) {
      const [r, g, b, a = 1] = numbers(getComputedStyle(at).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const one of document.querySelectorAll("input:not([type=hidden]), textarea, select, .reply, .area, .button:not(.quiet)")) {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (!box.width || one.closest(".visually-hidden") || one.matches(".visually-hidden")) continue;
    const [r, g, b, a = 1] = numbers(style.borderTopColor);
    const fill = numbers(style.backgroundColor);
    const edge = a > 0 && parseFloat(style.borderTopWidth) > 0 ? ratio([r, g, b], behind(one)) : 1;
    const body = (fill[3] ?? 1) > 0 ? ratio(fill, behind(one)) : 1;
    if (Math.max(edge, body) < 3) found.push(`${one.outerHTML.slice(0, 100)}: ${Math.max(edge, body).toFixed(2)}`);
  }
  return found;
}"""

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def axe(page: Page, enhanced: bool = True) -> list[str]:
    """Violations of WCAG 2.0 to 2.2 (A, AA) and best practice; with `enhanced`, text below 7:1 too."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, [TAGS, enhanced])
    return found


def small_targets(page: Page) -> list[str]:
    found: list[str] = page.evaluate(TARGETS, LEAST_TARGET)
    return found


def faint_borders(page: Page) -> list[str]:
    found: list[str] = page.evaluate(BORDERS)
    return found


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    found: int = page.evaluate(OVERFLOW)
    return found


def tree(page: Page) -> list[dict[str, Any]]:
    """Chromium's accessibility tree, flat: role, name and the ignored left out."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        {"role": node["role"]["value"], "name": node.get("name", {}).get("value", "")}
        for node in nodes
        if not node["ignored"] and node["role"]["value"] not in {"none", "generic", "InlineTextBox", "StaticText"}
    ]


def focus(page: Page, wanted: str, most: int = 120) -> None:
    """Press Tab until what is focused matches the selector; where the focus is must be seen at every step."""
    for _step in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"Tab does not come to {wanted} on {page.url}")
