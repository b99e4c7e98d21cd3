"""Writes docs/audit-report.png: one role in the HTML report of the account that is a story. `make picture`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from support import bakery  # noqa: E402 - the path is set above

ROLE = "#role-1-chat-ops"
FLAGS = ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--force-prefers-reduced-motion")


def main() -> None:
    """Render the report, and save what the browser shows of the role."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "audit.html"
        export, functions = Path(folder) / "export.json", Path(folder) / "functions.json"
        export.write_text(json.dumps(bakery.export()), encoding="utf-8")
        functions.write_text(json.dumps(bakery.functions()), encoding="utf-8")
        inputs = ("--input", export, "--functions", functions)
        command = ["iamglue", "audit", *inputs, "--format", "html", "-o", page]
        subprocess.run([sys.executable, "-m", *command], check=False)
        _save_picture(f"{page.as_uri()}{ROLE}")


def _save_picture(address: str) -> None:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        driver.implicitly_wait(10)
        metrics = {"width": 1000, "height": 740, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.get(address)
        driver.find_element("css selector", "body[data-ready] svg.paths")
        driver.execute_script("document.activeElement.blur()")
        driver.save_screenshot(str(ROOT / "docs" / "audit-report.png"))
    finally:
        driver.quit()


if __name__ == "__main__":
    main()
