"""Runs a notebook through its kernel. One line of JSON for each cell.

usage: run_notebook.py IN.ipynb [OUT.ipynb] [NAME=VALUE …]

Parameters replace those of the cell with the tag "parameters", as papermill
does: right after it, the names that it declares are declared again.
"""
import asyncio
import json
import re
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

# Deno's kernel may send a cell's result after it says that it is idle.
LATE = 0.5


class Client(NotebookClient):
    """Waits a little after each cell for results that come late."""

    parameters = {}

    async def async_execute_cell(self, cell, cell_index, **options):
        cell = await super().async_execute_cell(cell, cell_index, **options)
        if "parameters" in cell.metadata.get("tags", []):
            await self.replace_parameters(cell, cell_index)
        if cell.cell_type == "code":
            await self.read_late(cell, cell_index)
            say(cell=cell_index)
        return cell

    async def replace_parameters(self, cell, cell_index):
        code = "\n".join(
            f"const {name} = {value};"
            for name, value in self.parameters.items()
            if re.search(rf"(?m)^const {name} =", cell.source)
        )
        if code:
            replacement = nbformat.v4.new_code_cell(code)
            await super().async_execute_cell(replacement, cell_index)
            self.nb.cells[cell_index] = cell

    async def read_late(self, cell, cell_index):
        while True:
            try:
                message = await asyncio.wait_for(self.kc.iopub_channel.get_msg(timeout=None), LATE)
            except asyncio.TimeoutError:
                return
            if message["parent_header"].get("msg_type") == "execute_request":
                self.process_message(message, cell, cell_index)


def say(**line):
    print(json.dumps(line), flush=True)


def main(*arguments):
    source, *targets = [a for a in arguments if "=" not in a]
    notebook = nbformat.read(source, 4)
    client = Client(notebook, kernel_name="deno", timeout=3600)
    client.parameters = dict(a.split("=", 1) for a in arguments if "=" in a)
    try:
        client.execute()
    except CellExecutionError as error:
        say(failed=f"{error.ename}: {error.evalue}")
        sys.exit(1)
    except (CellTimeoutError, DeadKernelError) as error:
        say(failed=str(error))
        sys.exit(1)
    for cell in notebook.cells:
        # When a cell ran is of no interest, and would differ each time.
        cell.metadata.pop("execution", None)
    say(notebook=json.loads(nbformat.writes(notebook)))
    for target in targets:
        nbformat.write(notebook, target)


main(*sys.argv[1:])
