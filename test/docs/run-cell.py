"""Runs a cell in a kernel of its own, and prints what a person would see below it: python run-cell.py TEXT KERNEL."""

import sys

import nbformat
from nbclient import NotebookClient

_, text, kernel = sys.argv
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text)])
NotebookClient(notebook, kernel_name=kernel, allow_errors=True, timeout=100).execute()
for output in notebook.cells[0].outputs:
    if output.output_type == "stream":
        print(output.text, end="")
    elif output.output_type == "error":
        print("\n".join(output.traceback))
    elif "text/plain" in output.get("data", {}):
        print(output.data["text/plain"])
