import { Buffer } from "node:buffer";
import {
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { crc32, deflateSync } from "node:zlib";
import { DataError } from "../../lib/data/dataset.ts";
import { decodeImage } from "../../lib/data/decode_image.ts";
import {
  EmptyMaskError,
  openImageFolder,
} from "../../lib/data/image_folder.ts";
import { cutTiles } from "../../lib/data/tiles.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";

/** A PNG file, chunk by chunk, of any depth and colour type. */
function png(
  { width, height, depth, type, palette = [] }: {
    width: number;
    height: number;
    depth: number;
    type: number;
    palette?: number[];
  },
  rows: number[][],
): Uint8Array {
  const chunk = (name: string, data: Uint8Array) => {
    const body = Buffer.concat([new TextEncoder().encode(name), data]);
    return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
  };
  const raw = Uint8Array.from(rows.flatMap((row) => [0, ...row]));
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
    chunk(
      "IHDR",
      Buffer.concat([
        uint32(width),
        uint32(height),
        Uint8Array.of(depth, type, 0, 0, 0),
      ]),
    ),
    ...(palette.length ? [chunk("PLTE", Uint8Array.from(palette))] : []),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** A grey PNG; the values are drawn from `value(x, y)`. */
function greyPng(
  width: number,
  height: number,
  value: (x: number, y: number) => number,
): Uint8Array {
  const rows = Array.from(
    { length: height },
    (_, y) => Array.from({ length: width }, (_, x) => value(x, y)),
  );
  return png({ width, height, depth: 8, type: 0 }, rows);
}

/** A grey JPEG, 200 where `isBright`: by default in the left half. */
async function jpeg(
  width = 8,
  height = 8,
  isBright = (x: number, _y: number) => x < width / 2,
): Promise<Uint8Array> {
  const values = Array.from(
    { length: width * height },
    (_, i) => isBright(i % width, Math.floor(i / width)) ? 200 : 0,
  );
  const pixels = tf.tensor(values, [height, width, 1], "int32").tile([1, 1, 3]);
  return await tf.node.encodeJpeg(pixels as never);
}

async function folderOf(files: Record<string, Uint8Array>) {
  const folder = await Deno.makeTempDir({ prefix: "Größe mit Leer " });
  for (const [name, bytes] of Object.entries(files)) {
    const path = `${folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeFile(path, bytes);
  }
  return folder;
}

Deno.test("decodeImage() keeps the upper bits of a 16-bit PNG", () => {
  const bytes = png({ width: 2, height: 1, depth: 16, type: 0 }, [[
    ...[0x12, 0x34],
    ...[0xab, 0xcd],
  ]]);
  assertEquals([...decodeImage(bytes).pixels], [0x12, 0xab]);
});

Deno.test("decodeImage() turns a palette into its colours", () => {
  const palette = [255, 0, 0, 0, 0, 255];
  const bytes = png({ width: 2, height: 1, depth: 8, type: 3, palette }, [[
    1,
    0,
  ]]);
  const { pixels } = decodeImage(bytes, { channels: 3 });
  assertEquals([...pixels], [0, 0, 255, 255, 0, 0]);
  // 0.114 · 255 and 0.299 · 255
  assertEquals([...decodeImage(bytes).pixels], [29, 76]);
});

Deno.test("decodeImage() drops the transparency of grey and colour", () => {
  const grey = png({ width: 2, height: 1, depth: 8, type: 4 }, [
    [50, 0, 60, 255],
  ]);
  assertEquals([...decodeImage(grey).pixels], [50, 60]);
  const colour = png({ width: 1, height: 1, depth: 8, type: 6 }, [
    [1, 2, 3, 0],
  ]);
  assertEquals([...decodeImage(colour, { channels: 3 }).pixels], [1, 2, 3]);
});

/**
 * EXIF with one entry, the orientation, in either byte order; `cut`: bytes that
 * its end lacks.
 */
function withOrientation(
  file: Uint8Array,
  value: number,
  little: boolean,
  cut = 0,
) {
  const tiff = new DataView(new ArrayBuffer(26));
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d);
  tiff.setUint16(2, 42, little);
  tiff.setUint32(4, 8, little);
  tiff.setUint16(8, 1, little);
  tiff.setUint16(10, 0x0112, little);
  tiff.setUint16(12, 3, little);
  tiff.setUint32(14, 1, little);
  tiff.setUint16(18, value, little);
  const entry = new Uint8Array(tiff.buffer).subarray(0, 26 - cut);
  const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...entry];
  const length = body.length + 2;
  const segment = [0xff, 0xe1, length >> 8, length & 255, ...body];
  // Behind the file's first segment, as cameras have it.
  const [high, low] = file.subarray(4, 6);
  const end = 4 + 256 * high + low;
  return Uint8Array.of(
    ...[...file.subarray(0, end), ...segment, ...file.subarray(end)],
  );
}

Deno.test("decodeImage() takes a JPEG as it is that says no orientation, or whose EXIF is cut short", async () => {
  const file = await jpeg(24, 16, (x, y) => x < 8 && y < 8);
  const upright = decodeImage(withOrientation(file, 1, true));
  assertEquals(upright.pixels[0] > 100, true);
  assertEquals(decodeImage(file), upright);
  for (const cut of [8, 20, 26]) {
    assertEquals(decodeImage(withOrientation(file, 6, true, cut)), upright);
  }
  for (const none of [0, 9, 65535]) {
    assertEquals(decodeImage(withOrientation(file, none, true)), upright);
  }
});

Deno.test("decodeImage() turns a JPEG upright as EXIF says", async () => {
  // Bright in the upper left, and there alone.
  const file = await jpeg(24, 16, (x, y) => x < 8 && y < 8);
  const upright = (orientation: number, little: boolean) => {
    const image = decodeImage(withOrientation(file, orientation, little));
    const { width, height, pixels } = image;
    const at = (x: number, y: number) => pixels[y * width + x] > 100;
    const corners = {
      "upper left": at(0, 0),
      "upper right": at(width - 1, 0),
      "lower left": at(0, height - 1),
      "lower right": at(width - 1, height - 1),
    };
    const bright = Object.entries(corners).filter(([, light]) => light);
    return [`${width}×${height}`, ...bright.map(([corner]) => corner)];
  };
  const expected = ["24×16", "16×24"].flatMap((size) =>
    ["upper left", "upper right", "lower right", "lower left"]
      .map((corner) => [size, corner])
  );
  for (const little of [true, false]) {
    const seen = expected.map((_, i) => upright(i + 1, little));
    assertEquals(seen, expected);
  }
});

Deno.test("decodeImage() finds EXIF behind bytes that fill up", async () => {
  const file = await jpeg(24, 16);
  const turned = withOrientation(file, 6, true);
  const exif = turned.findIndex((byte, i) =>
    byte === 0xff && turned[i + 1] === 0xe1
  );
  const filled = Uint8Array.of(
    ...[...turned.subarray(0, exif), 0xff, 0xff, ...turned.subarray(exif)],
  );
  assertEquals(decodeImage(filled), decodeImage(turned));
  assertEquals(decodeImage(filled).width, 16);
});

Deno.test("decodeImage() refuses what is no picture, and a damaged one", async () => {
  const file = await jpeg();
  assertThrows(() => decodeImage(Uint8Array.of(1, 2)), DataError, "no PNG");
  assertThrows(
    () => decodeImage(file.subarray(0, 200)),
    DataError,
    "damaged",
  );
});

Deno.test("cutTiles() covers the whole image, by tiles that overlap if they must", () => {
  const value = (x: number) => 10 * x;
  const image = {
    ...{ height: 8, width: 10, channels: 1 },
    pixels: Uint8Array.from({ length: 80 }, (_, i) => value(i % 10)),
  };
  const { pixels, height, width } = cutTiles(image, 4);
  assertEquals([height, width, pixels.length], [4, 4, 2 * 3 * 16]);
  // Unscaled, so that the first rows are the image's, from columns 0, 3 and 6.
  for (const [tile, left] of [0, 3, 6].entries()) {
    assertEquals(
      [...pixels.subarray(16 * tile, 16 * tile + 4)],
      [0, 1, 2, 3].map((x) => value(left + x)),
    );
  }
});

Deno.test("cutTiles() keeps the channels of a pixel together", () => {
  // Red is the column, green the row.
  const pixels = Uint8Array.from(
    { length: 8 * 10 * 3 },
    (_, i) => [Math.floor(i / 3) % 10, Math.floor(i / 30), 200][i % 3],
  );
  const tiles = cutTiles({ height: 8, width: 10, channels: 3, pixels }, 4);
  // The second of three in the lower row: from row 4 and column 3.
  const first = 4 * 16 * 3;
  assertEquals([...tiles.pixels.subarray(first, first + 6)], [
    ...[3, 4, 200],
    ...[4, 4, 200],
  ]);
});

Deno.test("cutTiles() averages when it makes an image smaller", () => {
  // One white column in eight: each new pixel is four old ones wide.
  const pixels = Uint8Array.from(
    { length: 32 * 32 },
    (_, i) => i % 4 === 0 ? 200 : 0,
  );
  const tiles = cutTiles({ height: 32, width: 32, channels: 1, pixels }, 4);
  const mean = tiles.pixels.reduce((a, b) => a + b, 0) / tiles.pixels.length;
  assertEquals(Math.abs(mean - 50) < 5, true);
  assertEquals(tiles.pixels.every((value) => value > 20 && value < 80), true);
});

Deno.test("cutTiles() keeps an image that is one tile", () => {
  const image = {
    height: 4,
    width: 4,
    channels: 1,
    pixels: new Uint8Array(16),
  };
  assertEquals(cutTiles(image, 4), image);
});

const spot = greyPng(8, 8, (x, y) => x < 4 && y < 4 ? 255 : 0);
const plain = greyPng(8, 8, () => 100);

Deno.test("openImageFolder() reads MVTec's layout, and leaves out tiles without a defect", async () => {
  const folder = await folderOf({
    "train/good/Möhre 1.PNG": plain,
    "train/good/.hidden.png": plain,
    "train/good/notes.txt": plain,
    "test/good/1.png": plain,
    "test/große Delle/Bild 1.PNG": plain,
    "ground_truth/große Delle/Bild 1_mask.png": spot,
  });
  const { classes, shape, load } = await openImageFolder(folder, { size: 4 });
  assertEquals(classes, ["good", "große Delle"]);
  assertEquals(shape, [4, 4, 1]);
  const { training, test } = await load();
  assertEquals([...training.labels], [0, 0, 0, 0]);
  assertEquals([...test.labels], [0, 0, 0, 0, 1]);
  assertEquals(test.sources!.slice(2), [
    "test/good/1.png, tile 2",
    "test/good/1.png, tile 3",
    "test/große Delle/Bild 1.PNG, tile 0",
  ]);
  assertEquals([...test.masks!.subarray(0, 64)], Array(64).fill(0));
  assertEquals([...test.masks!.subarray(64)], Array(16).fill(1));
  assertEquals([...test.pixels], Array(80).fill(100));
});

Deno.test("openImageFolder() reads a folder a class, every tenth good picture for testing", async () => {
  const picture = await jpeg();
  const good = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [
      `MT_Free/Imgs/${String(i).padStart(2, "0")}.jpg`,
      greyPng(8, 8, () => 10 * i),
    ]),
  );
  const folder = await folderOf({
    ...good,
    "MT_Crack/Imgs/x y.JPG": picture,
    "MT_Crack/Imgs/x y.png": spot,
  });
  const data = await openImageFolder(folder, { size: 4, channels: 3 });
  assertEquals(data.classes, ["MT_Free", "MT_Crack"]);
  const { training, test } = await data.load();
  assertEquals([training.labels.length, training.channels], [18 * 4, 3]);
  assertEquals([...test.labels], [...Array(8).fill(0), 1]);
  assertEquals([test.pixels[0], test.pixels[4 * 48]], [90, 190]);
});

const mvtec = {
  "train/good/1.png": plain,
  "test/good/1.png": plain,
  "test/dent/1.png": plain,
  "ground_truth/dent/1_mask.png": spot,
};

Deno.test("openImageFolder() names an unreadable picture, and goes on if asked", async () => {
  const folder = await folderOf({
    ...mvtec,
    "train/good/bad.png": Uint8Array.of(0x89, 0x50, 1, 2, 3),
  });
  const strict = await openImageFolder(folder, { size: 4 });
  await assertRejects(() => strict.load(), DataError, "bad.png cannot be read");
  const errors: string[] = [];
  const lenient = await openImageFolder(folder, {
    size: 4,
    onUnreadable: ({ message }) => errors.push(message),
  });
  assertEquals((await lenient.load()).training.labels.length, 4);
  assertEquals(errors.length, 1);
  assertStringIncludes(errors[0], "bad.png");
});

Deno.test("openImageFolder() refuses a mask that marks nothing in any tile", async () => {
  const masks = {
    // 1 for defective, as some number their classes.
    "of numbers": greyPng(8, 8, (x) => x < 4 ? 1 : 0),
    // One pixel of 32×32, of which two by two make one.
    "of a thin defect": greyPng(32, 32, (x, y) => x + y === 0 ? 255 : 0),
  };
  for (const [what, mask] of Object.entries(masks)) {
    const side = what === "of numbers" ? 8 : 32;
    const folder = await folderOf({
      ...mvtec,
      "test/dent/1.png": greyPng(side, side, () => 90),
      "ground_truth/dent/1_mask.png": mask,
    });
    const { load } = await openImageFolder(folder, { size: 4 });
    await assertRejects(load, EmptyMaskError, "marks nothing in tiles of 4×4");
  }
});

Deno.test("openImageFolder() takes what is transparent in a mask for black", async () => {
  // White everywhere, and opaque in the upper left corner.
  const mask = png(
    { width: 32, height: 32, depth: 8, type: 4 },
    Array.from(
      { length: 32 },
      (_, y) =>
        Array.from({ length: 32 }, (_, x) => [255, x < 8 && y < 8 ? 255 : 0])
          .flat(),
    ),
  );
  const folder = await folderOf({
    ...mvtec,
    "test/dent/1.png": greyPng(32, 32, () => 90),
    "ground_truth/dent/1_mask.png": mask,
  });
  const { loadTest } = await openImageFolder(folder, { size: 16 });
  const { labels, masks } = await loadTest();
  assertEquals([...labels].filter((label) => label === 1).length, 1);
  assertEquals(masks!.reduce((a, b) => a + b), 64);
});

Deno.test("openImageFolder() refuses a mask with a grey part, and takes soft edges", async () => {
  const load = async (value: (x: number, y: number) => number) => {
    const folder = await folderOf({
      ...mvtec,
      "test/dent/1.png": greyPng(64, 64, () => 90),
      "ground_truth/dent/1_mask.png": greyPng(64, 64, value),
    });
    return await (await openImageFolder(folder, { size: 16 })).load();
  };
  const isCorner = (x: number, y: number) => x < 20 && y < 20;
  await assertRejects(
    () => load((x, y) => isCorner(x, y) ? 255 : x > 40 && y > 40 ? 100 : 0),
    DataError,
    "1_mask.png has 529 pixels of the grey 100, which would count as not",
  );
  // Brightness falls off over 16 pixels.
  await load((x, y) => Math.max(0, 255 - 16 * Math.max(0, x - 16, y - 16)));
});

Deno.test("openImageFolder() names a picture that is a link to nothing", async () => {
  const folder = await folderOf(mvtec);
  await Deno.symlink(`${folder}/nothing`, `${folder}/test/dent/2.png`);
  await Deno.remove(`${folder}/ground_truth`, { recursive: true });
  const { load } = await openImageFolder(folder, { size: 4 });
  await assertRejects(load, DataError, "2.png cannot be read: it is not there");
});

Deno.test("openImageFolder() takes NAME_mask.png for the mask of NAME.png, in a folder a class too", async () => {
  const folder = await folderOf({
    ...Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`good/${i}.png`, plain]),
    ),
    "dent/a.png": plain,
    "dent/a_mask.png": spot,
  });
  const { loadTest } = await openImageFolder(folder, { size: 4 });
  const { labels, masks } = await loadTest();
  assertEquals([...labels].filter((label) => label === 1).length, 1);
  assertEquals(masks!.includes(1), true);
});

Deno.test("openImageFolder() pairs a JPEG whose own name ends in _mask, and refuses two masks of one picture", async () => {
  const good = Object.fromEntries(
    await Promise.all(
      Array.from(
        { length: 10 },
        async (_, i) => [`good/${i}.jpg`, await jpeg()],
      ),
    ),
  );
  const dented = { ...good, "dent/a_mask.jpg": await jpeg() };
  const folder = await folderOf({ ...dented, "dent/a_mask.png": spot });
  const { loadTest } = await openImageFolder(folder, { size: 4 });
  assertEquals((await loadTest()).masks!.includes(1), true);
  const two = await folderOf({
    ...{ ...good, "dent/a.jpg": await jpeg() },
    ...{ "dent/a.png": spot, "dent/a_mask.png": spot },
  });
  await assertRejects(
    () => openImageFolder(two, { size: 4 }),
    DataError,
    "are masks of one picture",
  );
});

Deno.test("openImageFolder() refuses more classes than a label tells apart", async () => {
  const names = Array.from({ length: 256 }, (_, i) => `kind${i}`);
  const folder = await folderOf(
    Object.fromEntries(
      ["good", ...names].map((name) => [`${name}/1.png`, plain]),
    ),
  );
  await assertRejects(
    () => openImageFolder(folder, { size: 4 }),
    DataError,
    "257 folders of pictures; at most 256",
  );
});

Deno.test("openImageFolder() refuses a mask of another size", async () => {
  const folder = await folderOf({
    ...mvtec,
    "ground_truth/dent/1_mask.png": greyPng(8, 12, () => 255),
  });
  const { load } = await openImageFolder(folder, { size: 4 });
  await assertRejects(load, DataError, "is 12×8, but its picture 8×8");
});

for (
  const [what, files, message] of [
    ["an empty folder", {}, "has no folders: put the good ones into"],
    ["no good pictures", {
      ...mvtec,
      "train/good/1.png": undefined,
      "train/good/a.txt": plain,
    }, "no good pictures"],
    ["a class without test pictures", {
      ...mvtec,
      "test/good/1.png": undefined,
    }, "the class good"],
    ["a mask without its picture", {
      ...mvtec,
      "ground_truth/dent/2_mask.png": spot,
    }, "2_mask.png has no picture"],
    ["a defective picture without its mask", {
      ...mvtec,
      "test/dent/2.png": plain,
    }, "2.png has no mask"],
    ["a mask beside no picture", {
      "good/1.jpg": plain,
      "crack/1.jpg": plain,
      "crack/1.png": spot,
      "crack/2.png": spot,
    }, "2.png is a PNG file among JPEG ones"],
  ] as [string, Record<string, Uint8Array | undefined>, string][]
) {
  Deno.test(`openImageFolder() refuses ${what}`, async () => {
    const present = Object.entries(files).filter(([, bytes]) => bytes);
    const folder = await folderOf(
      Object.fromEntries(present) as Record<string, Uint8Array>,
    );
    await assertRejects(() => openImageFolder(folder), DataError, message);
  });
}

Deno.test("openImageFolder() refuses sizes that are no multiple of 4, and two channels", async () => {
  const folder = await folderOf(mvtec);
  for (const size of [0, 6, -4, NaN]) {
    await assertRejects(() => openImageFolder(folder, { size }), RangeError);
  }
  await assertRejects(
    () => openImageFolder(folder, { channels: 2 as 1 }),
    RangeError,
  );
});

Deno.test("openImageFolder() takes defective pictures without masks, where none has one", async () => {
  const { "ground_truth/dent/1_mask.png": _, ...bare } = mvtec;
  const { load } = await openImageFolder(await folderOf(bare), { size: 4 });
  const { test } = await load();
  assertEquals(test.masks, undefined);
  assertEquals(new Set(test.labels), new Set([0, 1]));
});
