import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../lib/data/dataset.ts";
import { isIdxFolder, openIdxFolder } from "../../lib/data/idx_folder.ts";
import { idx } from "../idx.ts";

async function gzip(bytes: Uint8Array<ArrayBuffer>) {
  const stream = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Two training images and one test image of 1×2 pixels, twelve classes. */
const FILES = {
  "train-images-idx3-ubyte": idx([2, 1, 2], [1, 2, 3, 4]),
  "train-labels-idx1-ubyte": idx([2], [0, 11]),
  "t10k-images-idx3-ubyte": idx([1, 1, 2], [5, 6]),
  "t10k-labels-idx1-ubyte": idx([1], [7]),
};

const IMAGES = "train-images-idx3-ubyte";

async function folderOf(files: Record<string, Uint8Array>) {
  const folder = await Deno.makeTempDir({ prefix: "Größe mit Leer " });
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
  return folder;
}

Deno.test("openIdxFolder() reads files compressed or not, with any number of classes", async () => {
  const { "t10k-images-idx3-ubyte": images, ...plain } = FILES;
  const folder = await folderOf({
    ...plain,
    "t10k-images-idx3-ubyte.gz": await gzip(images),
  });
  assertEquals(await isIdxFolder(folder), true);
  const { classes, shape, load } = await openIdxFolder(folder);
  assertEquals([classes.length, classes[11], shape], [12, "11", [1, 2, 1]]);
  const { training, test } = await load();
  assertEquals([...training.pixels], [1, 2, 3, 4]);
  assertEquals([...training.labels], [0, 11]);
  assertEquals([[...test.pixels], [...test.labels]], [[5, 6], [7]]);
});

Deno.test("openIdxFolder() takes the first half of the labels that there are for normal", async () => {
  // As EMNIST's letters, which count from 1.
  const folder = await folderOf({
    ...FILES,
    "train-images-idx3-ubyte": idx([4, 1, 1], [1, 2, 3, 4]),
    "train-labels-idx1-ubyte": idx([4], [3, 1, 4, 2]),
    "t10k-images-idx3-ubyte": idx([1, 1, 1], [5]),
    "t10k-labels-idx1-ubyte": idx([1], [4]),
  });
  assertEquals((await openIdxFolder(folder)).normalClasses, [1, 2]);
});

Deno.test("openIdxFolder() takes the file beside a folder of its name, and asks for one that is inside", async () => {
  const { [IMAGES]: images, ...others } = FILES;
  const folder = await folderOf(others);
  await Deno.mkdir(`${folder}/${IMAGES}`);
  await Deno.writeFile(`${folder}/${IMAGES}/${IMAGES}`, images);
  await assertRejects(() => openIdxFolder(folder), DataError, `no ${IMAGES}`);
  await Deno.writeFile(`${folder}/${IMAGES}.gz`, await gzip(images));
  assertEquals((await openIdxFolder(folder)).shape, [1, 2, 1]);
});

Deno.test("isIdxFolder() finds none in an empty folder", async () => {
  assertEquals(await isIdxFolder(await folderOf({})), false);
});

for (
  const [what, files, message] of [
    ["a missing file", { [IMAGES]: undefined }, `has no ${IMAGES}`],
    ["a file cut short", {
      [IMAGES]: FILES[IMAGES].subarray(0, -1),
    }, "has 3 values, not 4"],
    ["another magic number", {
      [IMAGES]: Uint8Array.of(0, 0, 13, 3, 0, 0, 0, 0),
    }, "no IDX file of bytes"],
    ["labels for images", { [IMAGES]: idx([2], [0, 1]) }, "1 axes, not 3"],
    ["a label too few", {
      "train-labels-idx1-ubyte": idx([1], [0]),
    }, "has 2 images, but"],
    ["test images of another size", {
      "t10k-images-idx3-ubyte": idx([1, 2, 1], [5, 6]),
    }, "1×2, the test images 2×1"],
    ["no images", {
      "t10k-images-idx3-ubyte": idx([0, 1, 2], []),
      "t10k-labels-idx1-ubyte": idx([0], []),
    }, "has no images"],
    ["one class alone", {
      "train-labels-idx1-ubyte": idx([2], [7, 7]),
    }, "are of one class alone; some must be novel"],
    ["a damaged .gz", {
      [IMAGES]: undefined,
      [`${IMAGES}.gz`]: Uint8Array.of(31, 139, 8, 0, 1),
    }, ".gz is damaged"],
  ] as [string, Record<string, Uint8Array | undefined>, string][]
) {
  Deno.test(`openIdxFolder() refuses ${what}`, async () => {
    const present = Object.entries({ ...FILES, ...files })
      .filter(([, bytes]) => bytes !== undefined);
    const folder = await folderOf(
      Object.fromEntries(present) as Record<string, Uint8Array>,
    );
    await assertRejects(() => openIdxFolder(folder), DataError, message);
  });
}

Deno.test("openIdxFolder() names the file that is damaged", async () => {
  const cut = { ...FILES, [IMAGES]: FILES[IMAGES].subarray(0, -1) };
  const folder = await folderOf(cut);
  await assertRejects(
    () => openIdxFolder(folder),
    DataError,
    `${folder}/${IMAGES} cannot be read: the IDX file has 3 values, not 4`,
  );
});
