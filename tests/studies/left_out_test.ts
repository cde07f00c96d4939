import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { aurocWithoutClass } from "../../lib/studies/left_out.ts";

Deno.test("aurocWithoutClass() is the share of pairs of the other classes that are in order", () => {
  const indices = Array.from({ length: 60 }, (_, i) => i);
  const labels = indices.map((i) => i % 5);
  // Some are equal.
  const scores = indices.map((i) => (i * i) % 17);
  const found = aurocWithoutClass(scores, labels, [0, 1, 2]);
  assertEquals(Object.keys(found), ["0", "1", "2", "3", "4"]);
  for (const [left, auroc] of Object.entries(found)) {
    const others = indices.filter((i) => labels[i] !== Number(left));
    let [pairs, wins] = [0, 0];
    for (const normal of others.filter((i) => labels[i] <= 2)) {
      for (const novel of others.filter((i) => labels[i] > 2)) {
        const more = scores[novel] - scores[normal];
        wins += more > 0 ? 1 : more === 0 ? 0.5 : 0;
        pairs++;
      }
    }
    assertAlmostEquals(auroc, wins / pairs, 1e-12);
  }
});

Deno.test("aurocWithoutClass() leaves out no class that is the only normal or the only novel one", () => {
  const found = aurocWithoutClass([1, 2, 0], [3, 7, 8], [3]);
  assertEquals(found, { 7: 0, 8: 1 });
  assertEquals(aurocWithoutClass([1], [3], [3]), {});
});

Deno.test("aurocWithoutClass() refuses labels of other images", () => {
  assertThrows(
    () => aurocWithoutClass([1, 2], [0], [0]),
    RangeError,
    "2 scores",
  );
});
