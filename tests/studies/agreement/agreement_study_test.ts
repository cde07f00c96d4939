import { assertEquals } from "@std/assert";
import { studyAgreement } from "../../../lib/studies/agreement/agreement_study.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";

Deno.test("studyAgreement() keeps the settings and the images' width, and tells its progress", async () => {
  const test = {
    height: 2,
    width: 3,
    channels: 1,
    pixels: Uint8Array.from({ length: 24 }, (_, i) => 10 * i),
    labels: Uint8Array.of(0, 1, 0, 1),
  };
  const settings = {
    data: "mnist-data",
    normalClasses: [0],
    k: [2],
    gradient: "exact",
  };
  const shares: number[] = [];
  const { results, rows } = await studyAgreement(
    (x: Tensor4D) => tf.zerosLike(x),
    test,
    settings,
    { onProgress: (share) => void shares.push(share) },
  );
  assertEquals(results.settings, { ...settings, width: 3 });
  assertEquals(results.counts, { normal: 2, novel: 2 });
  assertEquals(results.chanceAgreement[2], 4 / 6);
  assertEquals(rows.length, 4);
  assertEquals(shares.at(-1), 1);
});
