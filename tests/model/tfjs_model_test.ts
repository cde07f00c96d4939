import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { computeMaps } from "../../lib/maps/maps.ts";
import { loadTfjsModel } from "../../lib/model/tfjs_model.ts";
import { type Tensor4D, tf } from "../../lib/tensor/tensorflow.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";

type Layer = ReturnType<typeof tf.layers.conv2d>;

const SHAPE: [number, number, number] = [4, 6, 3];

/** A layer that keeps the shape, with weights of its own. */
const conv = (seed: number, options = {}) =>
  tf.layers.conv2d({
    ...{ filters: 3, kernelSize: 3, padding: "same", activation: "tanh" },
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
    ...options,
  });

async function save(layers: unknown[]): Promise<string> {
  const folder = await Deno.makeTempDir();
  const model = tf.sequential({ layers: layers as Layer[] });
  await model.save(`file://${folder}`);
  model.dispose();
  return folder;
}

async function refusal(folder: string): Promise<string> {
  const { message } = await assertRejects(
    () => loadTfjsModel(`${folder}/model.json`),
    WeightsError,
  );
  assertEquals(message.split("\n").length, 1);
  return message;
}

const autoencoder = () =>
  save([
    conv(1, { inputShape: SHAPE }),
    tf.layers.batchNormalization(),
    tf.layers.dropout({ rate: 0.5 }),
    conv(2),
  ]);

Deno.test("the saliency of a LayersModel agrees with finite differences", async () => {
  const { reconstruct, shape, dispose } = await loadTfjsModel(
    `${await autoencoder()}/model.json`,
  );
  assertEquals(shape, { height: 4, width: 6, channels: 3 });
  const x = tf.randomUniform([2, ...SHAPE], 0, 1, "float32", 3) as Tensor4D;
  const { gradient, saliency } = computeMaps(reconstruct, x);
  assertEquals(saliency.shape, [2, 4, 6]);
  const slopes = gradient.dataSync();
  const values = Float32Array.from(x.dataSync());
  const pixels = 4 * 6 * 3;
  const loss = (data: Float32Array) => {
    const image = tf.tensor4d(data, x.shape);
    const y = reconstruct(image).dataSync();
    let sum = 0;
    y.forEach((value, i) => sum += (value - data[i]) ** 2);
    return sum / pixels;
  };
  const step = 2 ** -7;
  for (let i = 0; i < values.length; i += 7) {
    const [up, down] = [values.slice(), values.slice()];
    up[i] += step;
    down[i] -= step;
    const slope = (loss(up) - loss(down)) / (up[i] - down[i]);
    assertAlmostEquals(slopes[i], slope, 2e-5);
  }
  assert(Math.max(...saliency.dataSync()) > 1e-3);
  dispose();
});

Deno.test("a model is in evaluation mode, and its memory is freed", async () => {
  const folder = await autoencoder();
  const before = tf.memory().numTensors;
  const { reconstruct, dispose } = await loadTfjsModel(`${folder}/model.json`);
  const x = tf.ones([1, ...SHAPE]) as Tensor4D;
  const [once, again] = [reconstruct(x), reconstruct(x)];
  assertEquals(once.dataSync(), again.dataSync());
  tf.dispose([x, once, again]);
  dispose();
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("images of another size are refused, which a convolutional model would take", async () => {
  const folder = await save([conv(1, { inputShape: SHAPE })]);
  const { reconstruct, dispose } = await loadTfjsModel(`${folder}/model.json`);
  assertThrows(
    () => reconstruct(tf.zeros([1, 6, 6, 3])),
    RangeError,
    "the images are 6×6×3, the model's 4×6×3",
  );
  dispose();
});

Deno.test("a model whose output has another shape is refused", async () => {
  const folder = await save([conv(1, { inputShape: SHAPE, filters: 2 })]);
  assertEquals(
    await refusal(folder),
    "the model turns an image of 4×6×3 into [1, 4, 6, 2]; " +
      "it must return an image of the same shape",
  );
});

Deno.test("a model without a gradient is refused, and the next has its own", async () => {
  // It crops nothing, by an operation that cannot be differentiated.
  const crop = tf.layers.centerCrop({ height: 4, width: 6 });
  const folder = await save([conv(1, { inputShape: SHAPE }), crop]);
  assert((await refusal(folder)).startsWith("the model cannot be differenti"));
  // What was noted down for the gradient is held no longer.
  const { gradientDepth, activeTape } = tf.engine().state;
  assertEquals([gradientDepth, activeTape], [0, null]);
  assertEquals(tf.grad((x) => tf.square(x))(tf.scalar(3)).dataSync()[0], 6);
});

Deno.test("a model that does not take images of one size is refused", async () => {
  const dense = await save([tf.layers.dense({ units: 5, inputShape: [5] })]);
  assert((await refusal(dense)).startsWith("the model takes [any, 5]; "));
  const free = await save([conv(1, { inputShape: [null, null, 3] })]);
  assert(
    (await refusal(free)).startsWith("the model takes [any, any, any, 3]; "),
  );
});

Deno.test("a file that is no model is refused", async () => {
  const folder = await Deno.makeTempDir();
  assert((await refusal(folder)).startsWith("the file cannot be read"));
  for (const text of ["", "some text", "[1]", "null", '{"modelTopology": 0}']) {
    await Deno.writeTextFile(`${folder}/model.json`, text);
    assert((await refusal(folder)).includes("no TensorFlow.js model"), text);
  }
});

Deno.test("a description of weights without files, and a model without inputs, are refused", async () => {
  const folder = await Deno.makeTempDir();
  const write = (weightsManifest: unknown) =>
    Deno.writeTextFile(
      `${folder}/model.json`,
      JSON.stringify({
        modelTopology: {
          class_name: "Model",
          config: {
            ...{ name: "m", layers: [] },
            ...{ input_layers: [], output_layers: [] },
          },
        },
        weightsManifest,
      }),
    );
  for (const manifest of [[null], [{}], [{ paths: [3] }]]) {
    await write(manifest);
    assertEquals(
      await refusal(folder),
      "the model.json is damaged: its weightsManifest names no files; copy or " +
        "save it again",
    );
  }
  await write([]);
  assertStringIncludes(await refusal(folder), "the model takes nothing");
});

Deno.test("weights that are missing, cut off or not finite are refused", async () => {
  const folder = await autoencoder();
  const file = `${folder}/weights.bin`;
  const bytes = await Deno.readFile(file);
  await Deno.writeFile(file, bytes.fill(0xff));
  assert((await refusal(folder)).includes("is not finite"));
  await Deno.writeFile(file, bytes.subarray(0, 40));
  assert((await refusal(folder)).includes("cannot load"));
  await Deno.remove(file);
  assertEquals(
    await refusal(folder),
    'its weight file "weights.bin" is missing; copy it beside the model.json',
  );
});
