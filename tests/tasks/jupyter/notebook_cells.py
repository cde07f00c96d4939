"""Runs the code cells of notebooks, one after another, in one real kernel.

usage: notebook_cells.py FOLDER
Reads a list of rounds from standard input, as JSON: the `notebook` of the
folder; the `values` of parameters to put in place of the notebook's own, as
code; `stop`: how many seconds after it showed something first the second
cell is stopped; and `skip`: texts, and of cells that have one only the imports are run. All cells of a round are queued at once, as by Run All.
Prints for each round what each code cell showed.
"""
import json
import os
import queue
import re
import sys
import time

import nbformat
from jupyter_client.manager import KernelManager

LATE = 1.0
# Deno does not hear Stop between two turns of its event loop: press it again.
PATIENCE = 15
# Deno's kernel may lose the message that ends a cell: begin anew.
SILENCE = 60
TRIES = 3


class Silent(Exception):
    """The kernel has said nothing for long, and a cell has not ended."""


def sources(path, values, skip):
    cells = [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]
    for name, value in values.items():
        line = rf"(?m)^const {name} = .*?;"
        assert re.search(line, cells[0]), name
        cells[0] = re.sub(line, lambda _: f"const {name} = {value};", cells[0])
    return [
        imports_of(cell) if any(text in cell for text in skip) else cell for cell in cells
    ]


def imports_of(cell):
    return "\n".join(re.findall(r"(?m)^import [^;]*;", cell)) or ";"


def run_all(manager, client, cells, stop=None):
    start = time.time()
    ids = [client.execute(source, stop_on_error=False) for source in cells]
    shown = {i: {"outputs": [], "seconds": None} for i in ids}
    press, idle_since, heard = None, None, start
    while True:
        if press and time.time() > press and shown[ids[1]]["seconds"] is None:
            manager.interrupt_kernel()
            press = time.time() + PATIENCE
        try:
            message = client.get_iopub_msg(timeout=0.2)
        except queue.Empty:
            if idle_since and time.time() - idle_since > LATE:
                break
            if time.time() - heard > SILENCE:
                raise Silent
            continue
        heard = time.time()
        cell = shown.get(message["parent_header"].get("msg_id"))
        if cell is None:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            cell["outputs"].append({"error": content["evalue"], "traceback": content["traceback"],
                                    "name": content["ename"]})
        elif kind in ("display_data", "execute_result", "stream"):
            data = content.get("data", {})
            cell["outputs"].append({"shown": data.get("text/markdown") or sorted(data) or content.get("text")})
            if stop and not press and cell is shown[ids[1]]:
                press = time.time() + stop
        elif kind == "status" and content["execution_state"] == "idle":
            cell["seconds"] = round(time.time() - start, 2)
            if all(c["seconds"] is not None for c in shown.values()):
                idle_since = time.time()
    return list(shown.values())


def run_rounds(folder, rounds):
    manager = KernelManager(kernel_name="deno")
    manager.start_kernel(cwd=folder)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    try:
        return [
            run_all(
                manager,
                client,
                sources(
                    os.path.join(folder, each["notebook"]), each["values"], each.get("skip", [])
                ),
                each.get("stop"),
            )
            for each in rounds
        ]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main(folder):
    rounds = json.load(sys.stdin)
    for left in reversed(range(TRIES)):
        try:
            for cells in run_rounds(folder, rounds):
                print(json.dumps(cells))
            return
        except Silent:
            if left == 0:
                raise


main(*sys.argv[1:])
