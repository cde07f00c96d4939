"""Stops a training cell in a real kernel. Prints what the kernel then knows."""
import json
import queue
import sys
import time

from jupyter_client.manager import KernelManager

TRAINING = """
import { loadMnist, PAPER_SETTINGS, trainedModel } from "../lib/mod.ts";
const settings = {
  ...PAPER_SETTINGS, seed: 4_000_000_003, epochs: 1000, normalClasses: [1], data: "mnist",
};
const { training } = await loadMnist("mnist");
let done = 0;
await trainedModel(settings, training, {
  onEvent({ kind, epoch }) {
    if (kind === "epoch" && (done = epoch) === 1) console.log("training");
  },
});
"""
GO_ON = """
await trainedModel(settings, training, {
  onEvent({ kind, epoch }) {
    if (kind === "start") return;
    console.log(`${done} epochs done, goes on with ${epoch}`);
    throw new Error("that is enough");
  },
});
"""


def run(client, code, seconds):
    """The first line that a cell prints, or "" where it prints none in time.

    The idle status does not end the wait: Deno's kernel may print after it.
    """
    client.execute(code)
    text, end = "", time.time() + seconds
    while time.time() < end and "\n" not in text:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["msg_type"] == "stream":
            text += message["content"]["text"]
    return text


def press_stop(manager, client, presses=4, patience=15):
    """Presses Stop, and again while nothing happens, as one would: Deno does not
    hear it between two turns of its event loop. The answer to the cell, and the
    seconds since the last press."""
    for _ in range(presses):
        asked = time.time()
        manager.interrupt_kernel()
        try:
            reply = client.get_shell_msg(timeout=patience)["content"]["status"]
            return reply, time.time() - asked
        except queue.Empty:
            continue
    raise TimeoutError(f"the cell goes on after {presses} presses of Stop")


manager = KernelManager(kernel_name="deno")
manager.start_kernel(cwd=sys.argv[1])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
try:
    started = run(client, TRAINING, 60)
    time.sleep(3)
    reply, stopped = press_stop(manager, client)
    # The stopped cell's idle status may still be on its way.
    time.sleep(1)
    while client.iopub_channel.msg_ready():
        client.get_iopub_msg(timeout=1)
    text = run(client, GO_ON, 60)
    print(json.dumps({
        "started": started,
        "reply": reply,
        "seconds": stopped,
        "text": text,
        "alive": manager.is_alive(),
    }))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
