import { assertEquals, assertThrows } from "@std/assert";
import { percentileOf } from "../../lib/statistics/percentile.ts";
import { assertNear } from "../assert.ts";

Deno.test("percentileOf() interpolates as NumPy does", () => {
  // np.percentile([3, 1, 10, 4], [0, 25, 90, 99, 100])
  const values = [3, 1, 10, 4];
  assertNear(
    [0, 25, 90, 99, 100].map((percentile) => percentileOf(values, percentile)),
    [1, 2.5, 8.2, 9.82, 10],
    1e-12,
  );
  assertEquals(percentileOf([7], 99), 7);
});

Deno.test("percentileOf() refuses NaN, infinities, nothing, and percentiles that are none", () => {
  assertThrows(() => percentileOf([], 50), RangeError, "at least 1 value");
  assertThrows(() => percentileOf([1, NaN], 50), RangeError, "at 1 is NaN");
  assertThrows(
    () => percentileOf([1, Infinity], 50),
    RangeError,
    "at 1 is Infinity",
  );
  assertThrows(() => percentileOf([1], 101), RangeError, "from 0 to 100");
  assertThrows(() => percentileOf([1], NaN), RangeError, "from 0 to 100");
});
