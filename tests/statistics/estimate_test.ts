import { assertAlmostEquals } from "@std/assert";
import { estimate } from "../../lib/statistics/estimate.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";

const random = randomStream(0, "figure");

Deno.test("estimate() has an interval of 95 %, as of many values of one distribution", () => {
  const values = Array.from({ length: 400 }, () => uniform(random, 0, 1));
  const { mean, low, high } = estimate(values, { random });
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399,
  );
  const half = 1.96 * deviation / Math.sqrt(400);
  assertAlmostEquals((high - mean) / half, 1, 0.15);
  assertAlmostEquals((mean - low) / half, 1, 0.15);
});
