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
    "published gives 18 of 18 printed numbers with the authors' weights and the exact column, and records them",
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
    const resultsIn = async (folder: string, gradient: string) =>
      JSON.parse(
        await Deno.readTextFile(`${folder}/${gradient}/results.json`),
      );
    // The recorded run says the same; rounding may move an image or two.
    for (const gradient of ["as-published", "exact"]) {
      const [now, recorded] = await Promise.all(
        [out, `${ROOT}data/results/published`].map((folder) =>
          resultsIn(folder, gradient)
        ),
      );
      for (const group of ["normal", "novel"]) {
        assertNear(
          now.agreement["10"][group],
          recorded.agreement["10"][group],
          3,
        );
      }
    }
    assertExactColumn(await resultsIn(out, "exact"));
    await Deno.remove(out, { recursive: true });
  },
});

/** The authors' model with the right gradient, as PyTorch from 1.9 on has it. */
// deno-lint-ignore no-explicit-any
function assertExactColumn(results: any) {
  const { agreement, maxDistance, mapMse, reconstructionLoss, auroc } = results;
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const share = (counts: number[]) =>
    sum(counts.slice((counts.length + 1) / 2)) / sum(counts);
  const both = (
    { normal, novel }: { normal: number; novel: number },
    digits: number,
  ) => [normal.toFixed(digits), novel.toFixed(digits)];
  const shares = (k: string) =>
    both(
      {
        normal: share(agreement[k].normal),
        novel: share(agreement[k].novel),
      },
      3,
    );
  assertEquals(shares("5"), ["0.112", "0.084"]);
  assertEquals(shares("10"), ["0.047", "0.019"]);
  assertEquals(both(maxDistance["5"], 2), ["8.47", "9.49"]);
  assertEquals(both(maxDistance["10"], 2), ["8.34", "9.13"]);
  assertEquals(both(mapMse.saliency, 4), ["0.0355", "0.0346"]);
  assertEquals(both(mapMse.squaredSaliency, 4), ["0.0092", "0.0089"]);
  assertEquals(both(reconstructionLoss, 5), ["0.00188", "0.00333"]);
  assertEquals(auroc.toFixed(3), "0.759");
}

Deno.test("published answers mistakes with one sentence and exit code 2", async () => {
  const cases = [
    [["--weights", "/nowhere"], "cannot be read"],
    [["--weights", "deno.json"], "deno.json is not the authors' weights"],
    [["--gradient", "exact"], "Unknown option"],
    [["--arrays", "docs"], "docs has no non_novel_mse.npy"],
    [["--out", "/proc/nothing"], "cannot be made"],
  ] as const;
  const taken = await Deno.makeTempDir();
  await Deno.mkdir(`${taken}/exact`);
  await Deno.copyFile(
    "data/results/seed0_epochs20/results.json",
    `${taken}/exact/results.json`,
  );
  const refused = await refusal(publishedTask, "--out", taken);
  assertStringIncludes(refused.message, "exact holds finished results");
  for (const [args, message] of cases) {
    const out = args[0] === "--out" ? [] : ["--out", await Deno.makeTempDir()];
    const refused = await refusal(publishedTask, ...args, ...out);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.message, message);
  }
});
