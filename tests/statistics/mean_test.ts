import { assertEquals, assertThrows } from "@std/assert";
import { mean } from "../../lib/statistics/mean.ts";

Deno.test("mean() is the sum divided by the count", () => {
  assertEquals(mean([-1, 0, 4]), 1);
  assertEquals(mean(new Float32Array([0.5])), 0.5);
});

for (
  const [name, f] of Object.entries({
    "mean()": (values: number[]) => mean(values),
  })
) {
  Deno.test(`${name} refuses no values and values that are not finite`, () => {
    assertThrows(() => f([]), RangeError, "needed; there are 0");
    assertThrows(() => f([0, NaN]), RangeError, "at 1 is NaN");
    assertThrows(() => f([Infinity, 0]), RangeError, "at 0 is Infinity");
  });
}
