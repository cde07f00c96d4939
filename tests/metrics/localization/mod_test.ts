import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  aupro,
  averagePrecision,
  connectedComponents,
  maskDistance,
  pixelAuroc,
  pointingGame,
  pooledAuroc,
  pooledAveragePrecision,
  topKPrecision,
} from "../../../lib/metrics/localization/mod.ts";

Deno.test("every measure gives a perfect score to the mask itself, 28×28", () => {
  const mask = new Uint8Array(784);
  for (const pixel of [100, 101, 129, 600]) mask[pixel] = 1;
  assertEquals(connectedComponents(mask, 28), [[100, 101, 129], [600]]);
  assertEquals(pixelAuroc(mask, mask), 1);
  assertEquals(averagePrecision(mask, mask), 1);
  assertEquals(pooledAuroc([mask], [mask]), 1);
  assertEquals(pooledAveragePrecision([mask], [mask]), 1);
  assertAlmostEquals(aupro([mask], [mask], 28), 1);
  assertEquals(topKPrecision(mask, mask), 1);
  assertEquals(pointingGame(mask, mask, 28), true);
  assertEquals(maskDistance(mask, mask, 28), 0);
});
