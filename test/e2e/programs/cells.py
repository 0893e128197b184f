"""Works in a notebook as a person does: cells.py KERNEL STEPS.

STEPS is JSON, a list: a text is run as a cell; {"interrupt": TEXT} is a cell that is interrupted once it has printed something;
{"restart": true} restarts the kernel. What stands below each cell is printed as JSON, a list.
"""

import json
import sys

from jupyter_client.manager import start_new_kernel

_, name, steps = sys.argv
manager, client = start_new_kernel(kernel_name=name, startup_timeout=100)


def run(text, interrupted):
    seen = []

    def take(message):
        content = message["content"]
        if message["msg_type"] == "stream":
            seen.append(content["text"])
            if interrupted and len(seen) == 1:
                manager.interrupt_kernel()
        elif message["msg_type"] == "error":
            seen.extend(f"{line}\n" for line in content["traceback"])

    client.execute_interactive(text, output_hook=take, timeout=100)
    return "".join(seen)


shown = []
try:
    for step in json.loads(steps):
        if step == {"restart": True}:
            manager.restart_kernel()
            client.wait_for_ready(timeout=100)
        else:
            shown.append(run(step, False) if isinstance(step, str) else run(step["interrupt"], True))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
print(json.dumps(shown))
