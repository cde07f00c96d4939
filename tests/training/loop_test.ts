import { assertEquals } from "@std/assert";
import { noiseSeedOf } from "../../lib/training/loop.ts";

Deno.test("noiseSeedOf() gives the seeds that models were recorded with, one for each step and pass", () => {
  assertEquals(
    [[5, 0], [5, 2], [6, 2, 1], [6, 2, 3]].map(([seed, step, pass]) =>
      noiseSeedOf(seed, step, pass)
    ),
    [5, 2_000_011, 2_001_021, 2_003_039],
  );
});
