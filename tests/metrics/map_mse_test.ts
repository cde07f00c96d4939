import { assertEquals, assertThrows } from "@std/assert";
import { mapMse } from "../../lib/metrics/map_mse.ts";

Deno.test("mapMse() scales each map by its own maximum", () => {
  assertEquals(mapMse([10, 5], [1, 0.5]).saliency, 0);
  assertEquals(mapMse([2, 0], [0, 3]).saliency, 1);
});

Deno.test("mapMse() squares the saliency map after scaling, not before", () => {
  assertEquals(mapMse([2, 1], [4, 1]).squaredSaliency, 0);
});

Deno.test("mapMse() takes a map of zeros as zeros", () => {
  assertEquals(mapMse([0, 0], [0, 0]).saliency, 0);
  assertEquals(mapMse([0, 0], [2, 1]).squaredSaliency, (1 + 0.25) / 2);
});

Deno.test("mapMse() throws when the maps differ in size", () => {
  assertThrows(() => mapMse([1], [1, 2]), RangeError, "1 and 2 pixels");
});

Deno.test("mapMse() refuses empty maps, and names NaN, infinities and their pixel", () => {
  assertThrows(() => mapMse([], []), RangeError, "the map is empty");
  for (const value of [NaN, Infinity, -Infinity]) {
    const text = `the map holds ${value} at pixel 1`;
    assertThrows(() => mapMse([1, value], [1, 2]), RangeError, text);
    assertThrows(() => mapMse([1, 2], [1, value]), RangeError, text);
  }
});

Deno.test("mapMse() takes large maps, as it scales them", () => {
  assertEquals(mapMse([1e300, 0], [0, 1e300]).saliency, 1);
});

Deno.test("mapMse() names a negative value too large to square", () => {
  assertThrows(
    () => mapMse([1, -1e200], [1, 1]),
    RangeError,
    "-1e+200 at pixel 1",
  );
});
