import { dirname, join } from "node:path";
import {
  forgetStoppedGradients,
  type Tensor,
  type Tensor4D,
  tf,
} from "../tensor/tensorflow.ts";
import { quote, WeightsError } from "../weights/state_dict.ts";
import type { FrozenAutoencoder } from "./evaluation_mode.ts";
import {
  type ImageShape,
  requireImageShape,
  shapeText,
} from "./image_shape.ts";

/** A model from elsewhere that turns images into images of the same shape. */
export interface TfjsModel extends FrozenAutoencoder {
  /** Of its images. */
  shape: ImageShape;
}

/** What is read of a model.json. */
interface Description {
  format?: string;
  modelTopology?: { node?: unknown };
  weightsManifest?: { paths: string[] }[];
}

/** Either kind of TensorFlow.js model, by what is needed of it. */
interface AnyModel {
  inputs: { shape?: (number | null)[] | null }[];
  apply: (x: Tensor4D) => unknown;
  dispose: () => void;
}

/**
 * A TensorFlow.js model, LayersModel or GraphModel, in evaluation mode. It is
 * tried on one image: its output must have the image's shape, be finite and
 * have a gradient.
 *
 * @param path of its model.json; the weight files lie beside it
 * @returns the model; `reconstruct` takes images [N, H, W, C] with the values
 * that the model was trained on, and throws a RangeError for another size
 * @throws {WeightsError} when it cannot be read, or is no such model
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../tensor/tensorflow.ts";
 *
 * const inputShape = [4, 6, 1];
 * const layer = tf.layers.conv2d({
 *   ...{ inputShape, filters: 1, kernelSize: 3, padding: "same" },
 * });
 * const folder = await Deno.makeTempDir();
 * await tf.sequential({ layers: [layer] }).save(`file://${folder}`);
 * const { shape, reconstruct, dispose } = await loadTfjsModel(
 *   `${folder}/model.json`,
 * );
 * assertEquals(shape, { height: 4, width: 6, channels: 1 });
 * assertEquals(reconstruct(tf.zeros([2, 4, 6, 1])).shape, [2, 4, 6, 1]);
 * dispose();
 * ```
 */
export async function loadTfjsModel(path: string): Promise<TfjsModel> {
  const description = await readDescription(path);
  await requireWeightFiles(path, description);
  const model = await load(path, description);
  try {
    const shape = inputShape(model);
    const reconstruct = (x: Tensor4D) => {
      requireImageShape(x, shape);
      return tf.tidy(() => output(model, x));
    };
    tf.tidy(() => tryOut(reconstruct, shape));
    return { shape, reconstruct, scores: {}, dispose: () => model.dispose() };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function readDescription(path: string): Promise<Description> {
  const text = await Deno.readTextFile(path).catch((error) => {
    throw new WeightsError(`the file cannot be read (${firstLine(error)})`);
  });
  const description = parse(text);
  if (description?.modelTopology) return description;
  throw new WeightsError(
    "the file is no TensorFlow.js model (JSON with a modelTopology); give the " +
      "model.json that model.save() or tensorflowjs_converter wrote",
  );
}

function parse(text: string): Description | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function requireWeightFiles(
  path: string,
  { weightsManifest }: Description,
) {
  if (!Array.isArray(weightsManifest)) {
    throw new WeightsError(
      "the model comes without weights (no weightsManifest); save it with them",
    );
  }
  const files = weightsManifest.flatMap((group) => group?.paths ?? [undefined]);
  if (!files.every((file) => typeof file === "string")) {
    throw new WeightsError(
      "the model.json is damaged: its weightsManifest names no files; copy or " +
        "save it again",
    );
  }
  for (const file of files) {
    await Deno.stat(join(dirname(path), file)).catch(() => {
      throw new WeightsError(
        `its weight file ${
          quote(file)
        } is missing; copy it beside the model.json`,
      );
    });
  }
}

async function load(
  path: string,
  { format, modelTopology }: Description,
): Promise<AnyModel> {
  const file = tf.io.fileSystem(path);
  try {
    if (format === "graph-model" || modelTopology?.node) {
      const model = await tf.loadGraphModel(file);
      return {
        inputs: model.inputs,
        apply: (x) => model.predict(x),
        dispose: () => model.dispose(),
      };
    }
    const model = await tf.loadLayersModel(file);
    return {
      inputs: model.inputs,
      apply: (x) => model.apply(x, { training: false }),
      dispose: () => model.dispose(),
    };
  } catch (error) {
    throw new WeightsError(
      `TensorFlow.js cannot load the model (${
        firstLine(error)
      }); save it again`,
    );
  }
}

function inputShape({ inputs }: AnyModel): ImageShape {
  const shape = inputs[0]?.shape ?? [];
  const [batch, height, width, channels] = shape;
  // A graph has −1 where layers have null.
  const anyBatch = batch === null || batch === -1;
  const sides = [height, width, channels];
  if (
    inputs.length === 1 && shape.length === 4 && anyBatch &&
    sides.every((side) => side && side > 0)
  ) {
    return { height, width, channels } as ImageShape;
  }
  const found = inputs.map(({ shape }) => `[${describe(shape ?? [])}]`);
  throw new WeightsError(
    `the model takes ${
      found.join(" and ") || "nothing"
    }; it must take one tensor ` +
      "[any, height, width, channels] with the last three fixed",
  );
}

const describe = (shape: readonly (number | null)[]) =>
  shape.map((side) => side === null || side < 0 ? "any" : side).join(", ");

function output(model: AnyModel, x: Tensor4D): Tensor4D {
  const y = model.apply(x);
  if (y instanceof tf.Tensor) return y as Tensor4D;
  throw new WeightsError(
    "the model has several outputs; save one that returns the reconstruction alone",
  );
}

/** Tries a model on a grey image, between the values that clip gradients away. */
function tryOut(
  reconstruct: (x: Tensor4D) => Tensor4D,
  shape: ImageShape,
): void {
  const { height, width, channels } = shape;
  const x = tf.fill([1, height, width, channels], 0.5) as Tensor4D;
  const y = attempt("run", () => reconstruct(x));
  if (String(y.shape) !== String(x.shape)) {
    throw new WeightsError(
      `the model turns an image of ${shapeText(shape)} into ` +
        `[${y.shape.join(", ")}]; it must return an image of the same shape`,
    );
  }
  requireFinite(y, "output");
  forgetStoppedGradients();
  const loss = (image: Tensor) =>
    tf.sum(reconstruct(image as Tensor4D)) as Tensor;
  requireFinite(
    attempt("be differentiated", () => tf.grad(loss)(x)),
    "gradient",
  );
}

function attempt<T>(what: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    if (error instanceof WeightsError) throw error;
    throw new WeightsError(
      `the model cannot ${what} (${firstLine(error)}); ` +
        "build it from operations that TensorFlow.js has a gradient for",
    );
  } finally {
    // A gradient that failed half-way would be taken for a part of the next.
    forgetStoppedGradients();
  }
}

function requireFinite(values: Tensor, what: string) {
  if (tf.all(tf.isFinite(values)).dataSync()[0]) return;
  throw new WeightsError(
    `the ${what} of the model for a grey image is not finite; ` +
      "check its weights before saving it",
  );
}

const firstLine = (error: unknown) =>
  (error as Error).message.split("\n")[0].replace(/\.$/, "").slice(0, 200);
