"""Looks at notebook 4 in JupyterLab, and at a report, as a person would.

usage: browser.py NOTEBOOKS REPORT PICTURES (folder, file, folder)
"""
import json
import pathlib
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

from playwright.sync_api import sync_playwright

NAME = "browser_test.ipynb"
# All cells at once: Lab draws no output that is out of sight.
TALL = {"width": 1300, "height": 9000}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def without_outputs(source, target):
    notebook = json.loads(source.read_text())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    target.write_text(json.dumps(notebook))


def start_lab(folder, port, token):
    lab = subprocess.Popen(
        [
            *[sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"],
            *[f"--port={port}", f"--IdentityProvider.token={token}"],
            "--LabApp.expose_app_in_browser=True",
            "--LabApp.extension_manager=readonly",
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=2)
            return lab
        except OSError:
            time.sleep(0.5)
    lab.kill()
    raise SystemExit("JupyterLab did not start within a minute")


def look_at_notebook(page, url):
    page.set_viewport_size(TALL)
    page.goto(url)
    page.wait_for_function("window.jupyterapp !== undefined")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    # Before it has a kernel, Lab would ask which one to take.
    page.wait_for_function(
        """() => {
          const { currentWidget } = window.jupyterapp.shell;
          return currentWidget?.sessionContext?.session?.kernel?.status === "idle";
        }""",
        timeout=60_000,
    )
    # Nothing is returned: evaluate() would wait for it without end.
    page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    # Every cell has its number when the last one is done.
    page.wait_for_function(
        """() => {
          const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
          return prompts.length > 5 && prompts.every((p) => /\\[\\d+\\]/.test(p.textContent));
        }""",
        timeout=120_000,
    )
    page.wait_for_selector(".vega-bind input[type=range]", timeout=30_000)
    page.wait_for_timeout(1000)
    slider = page.locator(".vega-bind input[type=range]")
    chart = page.locator(".vega-embed", has=page.locator(".vega-bind"))
    picture = lambda: chart.locator("canvas").evaluate("(canvas) => canvas.toDataURL()")
    before = picture()
    slider.evaluate(
        """(input) => {
          input.value = 3;
          input.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    page.wait_for_timeout(1000)
    return {
        "charts": page.locator(".vega-embed canvas").count(),
        "tables": page.locator(".jp-RenderedMarkdown table").count(),
        "errors": page.locator("[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']").count(),
        "slider_changes_bars": picture() != before,
    }


def look_at_report(page, report):
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_viewport_size({"width": 1000, "height": 1400})
    page.goto(report.as_uri())
    figures = page.locator("figure svg")
    return {
        "report_errors": said,
        "report_requests": [url for url in requests if not url.startswith(("file:", "data:"))],
        "report_figures": [figures.nth(i).bounding_box()["height"] > 100 for i in range(figures.count())],
        "report_rows": page.locator("table tbody tr").count(),
    }


def main(notebooks, report, pictures):
    copy = notebooks / NAME
    pictures.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    token, port = secrets.token_hex(16), free_port()
    without_outputs(notebooks / "04_metrics.ipynb", copy)
    lab = start_lab(notebooks, port, token)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            try:
                seen = look_at_notebook(page, f"http://127.0.0.1:{port}/lab/tree/{NAME}?token={token}")
            finally:
                page.screenshot(path=pictures / "lab.png")
            page = browser.new_page()
            seen |= look_at_report(page, report)
            page.screenshot(path=pictures / "report.png", full_page=True)
            browser.close()
        print(json.dumps(seen))
    finally:
        lab.terminate()
        lab.wait(20)
        copy.unlink()


main(*(pathlib.Path(path).resolve() for path in sys.argv[1:]))
