import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { ImageResult } from "../../../lib/studies/agreement/evaluation.ts";
import { aurocWithoutClass } from "../../../lib/studies/agreement/left_out.ts";

const row = (label: number, novel: boolean, loss: number): ImageResult => ({
  ...{ index: 0, label, novel, reconstructionLoss: loss },
  ...{ agreement: {}, maxDistance: {} },
  mapMse: { saliency: 0, squaredSaliency: 0 },
});

Deno.test("aurocWithoutClass() is the share of pairs of the other classes that are in order", () => {
  const rows = Array.from({ length: 60 }, (_, i) =>
    // Some losses are equal.
    row(i % 5, i % 5 > 2, (i * i) % 17));
  const found = aurocWithoutClass(rows);
  assertEquals([...found.keys()], [0, 1, 2, 3, 4]);
  for (const [left, auroc] of found) {
    const others = rows.filter(({ label }) => label !== left);
    let [pairs, wins] = [0, 0];
    for (const normal of others.filter(({ novel }) => !novel)) {
      for (const novel of others.filter(({ novel }) => novel)) {
        const more = novel.reconstructionLoss - normal.reconstructionLoss;
        wins += more > 0 ? 1 : more === 0 ? 0.5 : 0;
        pairs++;
      }
    }
    assertAlmostEquals(auroc, wins / pairs, 1e-12);
  }
});

Deno.test("aurocWithoutClass() leaves out no class that is the only normal or the only novel one", () => {
  const rows = [row(3, false, 1), row(7, true, 2), row(8, true, 0)];
  assertEquals([...aurocWithoutClass(rows)], [[7, 0], [8, 1]]);
  assertEquals([...aurocWithoutClass([row(3, false, 1)])], []);
});
