import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  jupyterEnvironment,
  jupyterVariables,
} from "../../../tasks/jupyter/lab.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ENVIRONMENT = new URL(
  "../../../data/cache/jupyter-venv/packages.txt",
  import.meta.url,
);
const CHECKPOINT = new URL(
  "../../../data/models/classes1_seed4000000003_epochs1000_mnist.checkpoint.safetensors",
  import.meta.url,
);

Deno.test({
  name:
    "Stop ends a training cell within seconds; the kernel lives, and the cell goes on where it was",
  // `deno task lab` and `deno task notebooks` make the environment.
  ignore: !await Deno.stat(ENVIRONMENT).then(() => true, () => false),
  fn: async () => {
    const environment = await jupyterEnvironment();
    const { code, stdout, stderr } = await new Deno.Command(
      `${environment}/bin/python`,
      {
        args: ["tests/tasks/jupyter/kernel_stop.py", `${ROOT}notebooks`],
        cwd: ROOT,
        env: jupyterVariables(environment),
      },
    ).output();
    // The kernel may have ended while it wrote the next one.
    const folder = new URL(".", CHECKPOINT);
    for (const { name } of Deno.readDirSync(folder)) {
      const path = new URL(name, folder);
      if (path.href.startsWith(CHECKPOINT.href)) await Deno.remove(path);
    }
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const answer = JSON.parse(
      new TextDecoder().decode(stdout).trim().split("\n").at(-1)!,
    );
    assertEquals([answer.started, answer.alive], ["training\n", true]);
    assertEquals(answer.reply, "error");
    assert(answer.seconds < 15, `it took ${answer.seconds} s`);
    const [done, next] = answer.text.match(/\d+/g).map(Number);
    assert(done > 0);
    // An epoch may have ended that the cell had not heard of.
    assert([done + 1, done + 2].includes(next), answer.text);
  },
});
