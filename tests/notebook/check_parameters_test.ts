import { assertEquals, assertThrows } from "@std/assert";
import {
  checkParameters,
  requireImage,
} from "../../lib/notebook/check_parameters.ts";
import { Sentence } from "../../lib/notebook/sentence.ts";
import { modelName } from "../../lib/training/model_cache.ts";

const GOOD = { normalClasses: [0, 1], epochs: 1, seed: 0, gradient: "exact" };
const check = (parameters: Record<string, unknown>) =>
  checkParameters({ ...GOOD, ...parameters } as never);

Deno.test("checkParameters() takes classes in any order, as numbers or as text, for one model", () => {
  const names = [[8, 3], [3, 8], ["3", "8"], [3, 3, 8]].map((normalClasses) =>
    modelName(check({ normalClasses }).settings)
  );
  assertEquals([...new Set(names)], ["classes38_seed0_epochs1"]);
});

Deno.test("checkParameters() names each bad parameter and its value in one line", () => {
  const bad = {
    normalClasses: [
      ["cat", "normalClasses is 'cat'".replaceAll("'", '"')],
      [[], "normalClasses is []"],
      [[12], "normalClasses is [ 12 ]: 12 is none of the classes"],
      // deno-lint-ignore no-sparse-arrays
      [[0, , 2], "normalClasses is [ 0, <1 empty item>, 2 ]"],
      [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], "choose 1 to 9 normal classes"],
      [undefined, "normalClasses is undefined"],
    ],
    epochs: [
      [0, "epochs is 0"],
      [-1, "epochs is -1"],
      ["two", 'epochs is "two"'],
      [NaN, "epochs is NaN"],
      [2.5, "epochs is 2.5"],
    ],
    seed: [[-1, "seed is -1"], [2 ** 32, "seed is 4294967296"]],
    gradient: [[
      "wrong",
      'gradient is "wrong"; choose "exact" or "as-published"',
    ]],
    k: [
      [0, "k is 0"],
      [-3, "k is -3"],
      [2.5, "k is 2.5"],
      [785, "k is 785; it must be a whole number from 1 to 784"],
      ["10", 'k is "10"'],
    ],
    imageNumber: [
      [-1, "imageNumber is -1"],
      [2 ** 32 + 1, "imageNumber is 4294967297"],
    ],
    model: [["deep", 'model is "deep"']],
  } as const;
  for (const [name, cases] of Object.entries(bad)) {
    for (const [value, sentence] of cases) {
      const error = assertThrows(
        () => check({ [name]: value }),
        Sentence,
        sentence,
      );
      assertEquals(error.message.split("\n").length, 1);
    }
  }
});

Deno.test("a Sentence's stack is the sentence alone", () => {
  assertEquals(new Sentence("write a digit").stack, "write a digit");
});

Deno.test("requireImage() names an image that is not in the test set", () => {
  requireImage(9_999, 10_000);
  requireImage(0, 10_000);
  assertThrows(
    () => requireImage(10_000, 10_000),
    Sentence,
    "imageNumber is 10000",
  );
});
