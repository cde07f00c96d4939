/** All metrics of 10,000 pairs of random maps, at K = 5 and 10. */
import { measure } from "../lib/studies/agreement/evaluation.ts";
import { randomStream, uniform } from "../lib/support/random.ts";

const [COUNT, PIXELS] = [10_000, 784];
const random = randomStream(0, "order");
const maps = () =>
  Float32Array.from({ length: COUNT * PIXELS }, () => uniform(random, 0, 1));
const [saliency, error] = [maps(), maps()];

Deno.bench({ name: "metrics", n: 3, warmup: 1 }, () => {
  for (let start = 0; start < saliency.length; start += PIXELS) {
    measure({
      saliency: saliency.subarray(start, start + PIXELS),
      error: error.subarray(start, start + PIXELS),
      width: 28,
    }, [5, 10]);
  }
});
