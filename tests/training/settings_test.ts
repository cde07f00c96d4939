import { assertEquals } from "@std/assert";
import { PAPER_SETTINGS } from "../../lib/training/settings.ts";

Deno.test("PAPER_SETTINGS are those of Section 3.2", () => {
  assertEquals(PAPER_SETTINGS, {
    epochs: 500,
    batchSize: 256,
    learningRate: 0.01,
  });
});
