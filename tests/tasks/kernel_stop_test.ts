import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import { jupyterEnvironment, jupyterVariables } from "../../tasks/lab.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENVIRONMENT = new URL(
  "../../data/cache/jupyter-venv/packages.txt",
  import.meta.url,
);

Deno.test({
  name:
    "Stop ends a training cell within seconds; the kernel lives and knows its variables",
  // `deno task lab` and `deno task notebooks` make the environment.
  ignore: !await Deno.stat(ENVIRONMENT).then(() => true, () => false),
  fn: async () => {
    const environment = await jupyterEnvironment();
    const { code, stdout, stderr } = await new Deno.Command(
      `${environment}/bin/python`,
      {
        args: ["tests/tasks/kernel_stop.py", `${ROOT}notebooks`],
        cwd: ROOT,
        env: jupyterVariables(environment),
      },
    ).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const answer = JSON.parse(
      new TextDecoder().decode(stdout).trim().split("\n").at(-1)!,
    );
    assertEquals([answer.started, answer.alive], ["training\n", true]);
    assertEquals(answer.reply, "error");
    assert(answer.seconds < 15, `it took ${answer.seconds} s`);
    assertMatch(answer.text, /^steps [1-9]\d*\n$/);
  },
});
