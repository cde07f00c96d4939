import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { assertNear } from "../assert.ts";
import { hasShared } from "../shared.ts";
import { publishedTask } from "../../tasks/published.ts";
import { refusal, ROOT, run } from "./run.ts";

const published = (...args: string[]) => run("published", ...args);

const AUTHORS = "authors/LSA_mnist_no_est_500.march.pt";

Deno.test({
  name:
    "published gives 18 of 18 printed numbers with the authors' weights, and records them",
  ignore: !hasShared(AUTHORS),
  fn: async () => {
    const out = await Deno.makeTempDir();
    const weights = fileURLToPath(
      new URL(`../../../shared/${AUTHORS}`, import.meta.url),
    );
    const { code, stdout, stderr } = await published(
      ...["--weights", weights, "--out", out],
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "18 of 18");
    // The recorded run says the same; rounding may move an image or two.
    for (const gradient of ["as-published", "exact"]) {
      const [now, recorded] = await Promise.all(
        [out, `${ROOT}data/results/published`].map(async (folder) =>
          JSON.parse(
            await Deno.readTextFile(`${folder}/${gradient}/results.json`),
          ).agreement["10"]
        ),
      );
      for (const group of ["normal", "novel"]) {
        assertNear(now[group], recorded[group], 3);
      }
    }
    await Deno.remove(out, { recursive: true });
  },
});

Deno.test("published answers mistakes with one sentence and exit code 2", async () => {
  const cases = [
    [["--weights", "/nowhere"], "cannot be read"],
    [["--weights", "deno.json"], "deno.json is not the authors' weights"],
    [["--gradient", "exact"], "Unknown option"],
    [["--out", "/proc/nothing"], "cannot be made"],
  ] as const;
  for (const [args, message] of cases) {
    const out = args[0] === "--out" ? [] : ["--out", await Deno.makeTempDir()];
    const refused = await refusal(publishedTask, ...args, ...out);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.message, message);
  }
});
