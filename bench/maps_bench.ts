/** Error and saliency maps of all test images, and of half of them. */
import { initialWeights } from "../lib/model/autoencoders/convolutional.ts";
import { evaluationMaps } from "../lib/studies/agreement/evaluation.ts";
import { freeze } from "../lib/model/evaluation_mode.ts";
import { loadTest } from "../lib/data/mnist.ts";

const test = await loadTest();
const half = {
  ...test,
  pixels: test.pixels.subarray(0, test.pixels.length / 2),
  labels: test.labels.subarray(0, test.labels.length / 2),
};
const { reconstruct } = freeze(initialWeights(0));

for (const [name, images] of [["half", half], ["maps", test]] as const) {
  Deno.bench({ name, n: 1, warmup: 0 }, () => {
    for (const _ of evaluationMaps(reconstruct, images));
  });
}
