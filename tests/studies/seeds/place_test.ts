import { assertEquals, assertThrows } from "@std/assert";
import { placeAmong, placesAmong } from "../../../lib/studies/seeds/place.ts";
import { resultsOf } from "../../results_fixture.ts";

const distance = (seed: number, normal: number, novel: number) =>
  resultsOf({ seed }, { distance: { normal, novel } });

Deno.test("placesAmong() has the place of each measure and group", () => {
  const runs = [distance(0, 5, 9), distance(1, 7, 6)];
  const places = placesAmong(runs, distance(2, 6, 12));
  const { normal, novel } = places.find(({ id }) => id === "max-distance@10")!;
  assertEquals(normal, { value: 6, mean: 6, lowest: 5, highest: 7, below: 1 });
  assertEquals(novel, {
    ...{ value: 12, mean: 7.5, lowest: 6, highest: 9 },
    below: 2,
  });
});

Deno.test("placeAmong() counts an equal value as not below", () => {
  assertEquals(placeAmong([2, 2], 2).below, 0);
});

Deno.test("placesAmong() refuses no runs, and other K", () => {
  const run = resultsOf({ seed: 0 });
  assertThrows(() => placesAmong([], run), RangeError, "no run");
  const other = { ...run, settings: { ...run.settings, k: [5] } };
  assertThrows(() => placesAmong([run], other), RangeError, "different K");
  assertThrows(() => placesAmong([run, other], run), RangeError, "different K");
});
