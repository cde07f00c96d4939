import { assert, assertEquals } from "@std/assert";
import { treeMemory } from "../../../tasks/develop/bench/memory.ts";

const linux = Deno.build.os === "linux";

/** A shell whose child fills 100 MB, says so, and waits for its input's end. */
const PARENT = `exec 3<&0; "${Deno.execPath()}" eval '
  globalThis.filled = new Uint8Array(1e8).fill(1);
  console.log("filled");
  Deno.stdin.readSync(new Uint8Array(1));' <&3 & wait`;

Deno.test({
  name: "treeMemory() counts what a process's children hold",
  ignore: !linux,
  async fn() {
    const shell = new Deno.Command("sh", {
      args: ["-c", PARENT],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = shell.stdout.getReader();
    await reader.read();
    const memory = treeMemory(shell.pid);
    await shell.stdin.close();
    await reader.cancel();
    await shell.status;
    assert(memory > 100 && memory < 400, `${memory} MB`);
  },
});

Deno.test({
  name: "treeMemory() of a process that has ended is 0, waited for or not",
  ignore: !linux,
  async fn() {
    const shell = new Deno.Command("sh", {
      args: ["-c", "true & echo $!; exec sleep 5"],
      stdout: "piped",
    }).spawn();
    const { value } = await shell.stdout.getReader().read();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const zombie = Number(new TextDecoder().decode(value));
    assertEquals([treeMemory(zombie), treeMemory(2 ** 30)], [0, 0]);
    shell.kill("SIGKILL");
    await shell.status;
  },
});
