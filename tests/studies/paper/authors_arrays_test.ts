import { assertEquals, assertThrows } from "@std/assert";
import {
  type AuthorsArrays,
  compareWithAuthors,
} from "../../../lib/studies/paper/authors_arrays.ts";
import { arraysTable } from "../../../lib/report/arrays_table.ts";

/** Images 0 and 2 normal, 1 novel; every measure is a number of its own. */
const rows = [false, true, false].map((novel, index) => ({
  ...{ index, label: 0, novel, reconstructionLoss: 0 },
  agreement: { 5: index, 10: index + 1 },
  maxDistance: { 5: index + 2, 10: index + 3 },
  mapMse: { saliency: index + 4, squaredSaliency: index + 5 },
}));

const arrays: AuthorsArrays = Object.fromEntries(
  [
    ["non_novel_top_5", [0, 2]],
    ["novel_top_5", [1]],
    ["non_novel_top_10", [1, 3]],
    ["novel_top_10", [3]], // ours is 2
    ["non_novel_top_5_dist", [2, 4.5]], // ours is 4
    ["novel_top_5_dist", [3 + 1e-9]],
    ["non_novel_top_10_dist", [3, 5]],
    ["novel_top_10_dist", [4]],
    ["non_novel_mse", [4, 6]],
    ["novel_mse", [5]],
    ["sqr_non_novel_mse", [5, 7]],
    ["sqr_novel_mse", [6.5]], // ours is 6
  ].map(([name, values]) => [name, Float64Array.from(values as number[])]),
);

Deno.test("compareWithAuthors() counts the images of each group that are the authors' own", () => {
  const compared = compareWithAuthors(rows, arrays);
  assertEquals(compared.map(({ equal }) => equal), [3, 2, 2, 3, 3, 2]);
  assertEquals(compared.map(({ images }) => images), Array(6).fill(3));
  assertEquals(compared[1].largest, 0.5);
  assertEquals(compared[2].largest, 1);
  assertEquals(
    arraysTable(compared).split("\n")[4].replace(/ +/g, " "),
    "| top-10 agreement | 2 of 3 | exactly | 1.0 |",
  );
});

Deno.test("compareWithAuthors() refuses arrays of another number of images", () => {
  assertThrows(
    () => compareWithAuthors(rows.slice(1), arrays),
    RangeError,
    "2 images in non_novel_top_5, not 1",
  );
});
