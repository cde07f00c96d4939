import { assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../lib/data/dataset.ts";
import { findPictures } from "../../lib/data/image_folder_layouts.ts";

/** A folder of empty files: which picture is what is told by names alone. */
async function folderOf(...paths: string[]) {
  const folder = await Deno.makeTempDir({ prefix: "Größe mit Leer " });
  for (const name of paths) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(path, new Uint8Array());
  }
  return folder;
}

/** The test pictures of class 1 and their masks, by their names in the folder. */
async function defective(folder: string) {
  const { test } = await findPictures(folder);
  return test.filter(({ label }) => label === 1).map(({ path, mask }) =>
    [path, mask].map((file) => file?.slice(folder.length + 1))
  );
}

const GOOD = Array.from({ length: 10 }, (_, i) => `good/${i}.jpg`);
const MVTEC = ["train/good/1.png", "test/good/1.png", "test/crack/1.png"];

Deno.test("findPictures() takes NAME_mask for the mask of NAME, in any format that is read", async () => {
  for (const mask of ["a_mask.png", "a_mask.jpg", "a_Mask.JPEG"]) {
    const folder = await folderOf(...GOOD, "crack/a.jpg", `crack/${mask}`);
    assertEquals(await defective(folder), [["crack/a.jpg", `crack/${mask}`]]);
  }
});

Deno.test("findPictures() passes over hidden files and folders, and what archives leave", async () => {
  const folder = await folderOf(
    ...MVTEC,
    "test/.ipynb_checkpoints/1-checkpoint.png",
    "test/__MACOSX/1.png",
    "test/crack/._1.png",
    "ground_truth/crack/1_mask.png",
    "ground_truth/.cache/1_mask.png",
  );
  assertEquals((await findPictures(folder)).classes, ["good", "crack"]);
  assertEquals(await defective(folder), [
    ["test/crack/1.png", "ground_truth/crack/1_mask.png"],
  ]);
  const classes = await folderOf(...GOOD, "crack/a.jpg", ".git/b.jpg");
  assertEquals((await findPictures(classes)).classes, ["good", "crack"]);
});

Deno.test({
  name: "findPictures() follows links to folders and files",
  // Links need a privilege there.
  ignore: Deno.build.os === "windows",
  async fn() {
    const elsewhere = await folderOf("scratch/1.png");
    const folder = await folderOf(...MVTEC);
    await Deno.symlink(`${elsewhere}/scratch`, `${folder}/test/scratch`);
    await Deno.symlink(
      `${elsewhere}/scratch/1.png`,
      `${folder}/test/crack/2.png`,
    );
    const { classes, test } = await findPictures(folder);
    assertEquals(classes, ["good", "crack", "scratch"]);
    assertEquals(test.map(({ label }) => label), [0, 1, 1, 2]);
  },
});

Deno.test("findPictures() passes over masks of good pictures, in either layout", async () => {
  const mvtec = await folderOf(
    ...MVTEC,
    "ground_truth/crack/1_mask.png",
    "ground_truth/good/1_mask.png",
  );
  assertEquals((await findPictures(mvtec)).test.length, 2);
  const classes = await folderOf(
    ...[...GOOD, "good/1.png", "crack/a.jpg", "crack/a.png"],
  );
  assertEquals((await findPictures(classes)).training.length, 9);
});

Deno.test("findPictures() takes no masks, where the folder has none", async () => {
  assertEquals(await defective(await folderOf(...MVTEC)), [
    ["test/crack/1.png", undefined],
  ]);
});

for (
  const [what, paths, message] of [
    [
      "masks in a folder that is named as no kind",
      [...MVTEC, "ground_truth/cracks/1_mask.png"],
      "ground_truth/cracks has masks of no kind in test (crack)",
    ],
    [
      "a folder of masks under another name",
      [...MVTEC, "groundtruth/crack/1_mask.png"],
      "not from groundtruth; rename",
    ],
    [
      "masks in a format that is not read",
      [...MVTEC, "ground_truth/crack/1_mask.bmp"],
      "1_mask.bmp is neither PNG nor JPEG",
    ],
    [
      "a folder of masks without a mask",
      [...MVTEC, "ground_truth/crack/readme.txt"],
      "ground_truth has no mask in PNG or JPEG",
    ],
    [
      "a mask of a picture that is not there",
      [...MVTEC, "ground_truth/crack/2_mask.png"],
      "2_mask.png has no picture",
    ],
    [
      "two masks of one picture",
      [
        ...MVTEC,
        "ground_truth/crack/1.png",
        "ground_truth/crack/1_mask.png",
      ],
      "1_mask.png are masks of one picture",
    ],
    [
      "two pictures with one mask",
      [...MVTEC, "test/crack/1.jpg", "ground_truth/crack/1_mask.png"],
      "1.png would share the mask",
    ],
    [
      "masks in a folder below the pictures'",
      [...GOOD, "crack/a.png", "crack/masks/a.png"],
      "crack/masks has pictures that are not read",
    ],
    [
      "pictures beside the folder that is read",
      [...GOOD, "crack/Imgs/a.jpg", "crack/b.jpg"],
      "crack has pictures that are not read",
    ],
    [
      "a picture that is neither PNG nor JPEG",
      [...GOOD, "crack/a.jpg", "crack/b.TIF"],
      "b.TIF is neither PNG nor JPEG; convert it",
    ],
    [
      "a picture in another format of which no one thinks",
      [...GOOD, "crack/a.jpg", "crack/b.HEIC"],
      "b.HEIC is neither PNG nor JPEG; convert it",
    ],
    [
      "a folder of masks among the classes",
      [...GOOD, "crack/a.png", "masks/a.png"],
      "masks looks like a folder of masks",
    ],
    [
      "MVTec's folder of masks among the classes",
      [...GOOD, "crack/a.png", "ground_truth/a_mask.png"],
      "ground_truth looks like a folder of masks",
    ],
    ...["a_GT", "a-mask", "a_mask_0", "a.label", "a segmentation 1"].map((
      name,
    ) => [
      `${name}.png beside a.png`,
      [...GOOD, "crack/a.png", `crack/${name}.png`],
      `${name}.png looks like a mask, and would be read as a picture`,
    ]),
    [
      "a mask of a good picture under another name",
      [...GOOD, "good/1_GT.jpg", "crack/a.jpg"],
      "1_GT.jpg looks like a mask",
    ],
    [
      "masks beside the pictures in MVTec's layout",
      [...MVTEC, "test/crack/1_mask.png"],
      "ground_truth/KIND as NAME_mask.png",
    ],
    [
      "a second good folder that counts as a kind",
      [...MVTEC, "test/Good/1.png"],
      "test/Good counts as a kind of defect",
    ],
    ...["train/bad/1.png", "test/1.png", "train/good/more/1.png", "1.png"].map(
      (path) => [
        `${path} in MVTec's layout, where it is not read`,
        [...MVTEC, path],
        `${path} would not be read`,
      ],
    ),
    ...["1.png", "crack/b/c/1.jpg"].map((path) => [
      `${path} in a folder a class, where it is not read`,
      [...GOOD, "crack/a.jpg", path],
      `${path} would not be read`,
    ]),
    [
      "PNG files among JPEG ones that are no masks",
      [...GOOD, "crack/a.jpg", "crack/b.png"],
      "b.png is a PNG file among JPEG ones",
    ],
    [
      "a folder without good pictures",
      ["crack/a.jpg"],
      "has the folders crack, none of good pictures",
    ],
  ] as [string, string[], string][]
) {
  Deno.test(`findPictures() refuses ${what}`, async () => {
    const folder = await folderOf(...paths);
    await assertRejects(() => findPictures(folder), DataError, message);
  });
}
