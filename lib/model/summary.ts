import { CONVOLUTIONAL } from "./autoencoders/convolutional.ts";
import {
  type Autoencoder,
  type Block,
  type Layers,
  type ParameterSpec,
  specOf,
} from "./parameters.ts";
import { sizeOf } from "../weights/state_dict.ts";
import {
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../tensor/tensorflow.ts";

/** One layer of a model. */
export interface LayerRow {
  /** Name of its weights, as in PyTorch's state dict. */
  name: string;
  /** For instance "convolution 3×3, stride 2". */
  kind: string;
  /** Height, width and channels of what it gives, or its number of features. */
  output: number[];
  /** Trained numbers, those of its batch norm included. */
  parameters: number;
  /** The block that it belongs to. */
  block?: Block;
}

/**
 * The layers of an autoencoder in the order in which an image meets them; a
 * block's shortcut comes after its two convolutions.
 *
 * @param autoencoder default: the paper's (Section 3.2)
 * @returns one row a layer
 *
 * @example The code between encoder and decoder has 64 numbers
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const code = modelSummary().find(({ name }) => name === "encoder.fc.3")!;
 * assertEquals(code.output, [64]);
 * ```
 */
export function modelSummary(
  autoencoder: Autoencoder = CONVOLUTIONAL,
): LayerRow[] {
  const rows: LayerRow[] = [];
  tf.tidy(() => {
    const note = (row: LayerRow) => void rows.push(row);
    const { height, width, channels } = autoencoder.shape;
    autoencoder.reconstruct(
      tf.zeros([1, height, width, channels]),
      tracingLayers(autoencoder.arrays, note),
    );
  });
  return rows;
}

/** Layers that compute no numbers, only shapes. */
function tracingLayers(
  arrays: readonly ParameterSpec[],
  note: (row: LayerRow) => void,
): Layers {
  const shapeOf = (layer: string) => specOf(arrays, `${layer}.weight`).shape;
  const blockOf = (layer: string) => specOf(arrays, `${layer}.weight`).block;
  const image = (
    kind: string,
    names: { conv: string; norm?: string },
    output: [number, number, number],
    stride: number,
  ) => {
    const { conv: name, norm } = names;
    const size = shapeOf(name)[2];
    note({
      name,
      kind: `${kind} ${size}×${size}` +
        (stride > 1 ? `, stride ${stride}` : "") +
        (norm ? ", batch norm" : ""),
      output,
      parameters: parametersOf(arrays, name, norm),
      block: blockOf(name),
    });
    return tf.zeros([1, ...output]) as Tensor4D;
  };
  return {
    conv(x, names, { stride }) {
      const outputs = shapeOf(names.conv)[0];
      const [, height, width] = x.shape;
      return image(
        "convolution",
        names,
        [height / stride, width / stride, outputs],
        stride,
      );
    },
    transposedConv(x, names, { stride }) {
      const outputs = shapeOf(names.conv)[1];
      const [, height, width] = x.shape;
      return image(
        "transposed convolution",
        names,
        [height * stride, width * stride, outputs],
        stride,
      );
    },
    linear(_x, { linear, norm }) {
      const [outputs] = shapeOf(linear);
      note({
        name: linear,
        kind: "dense" + (norm ? ", batch norm" : ""),
        output: [outputs],
        parameters: parametersOf(arrays, linear, norm),
        block: blockOf(linear),
      });
      return tf.zeros([1, outputs]) as Tensor2D;
    },
    activate: (x) => x,
    array<T extends Tensor>(name: string) {
      const { shape, block } = specOf(arrays, name);
      const parameters = sizeOf(shape);
      note({ name, kind: "array", output: shape, parameters, block });
      return tf.zeros(shape) as T;
    },
    statistic: <T extends Tensor>(name: string) =>
      tf.zeros(specOf(arrays, name).shape) as T,
    sample: (mean) => mean,
    // Some layers are there for the loss alone.
    addLoss: (loss) => void loss(),
  };
}

function parametersOf(
  arrays: readonly ParameterSpec[],
  layer: string,
  norm?: string,
): number {
  return arrays
    .filter(({ name, kind }) =>
      kind === "parameter" &&
      [layer, norm].includes(name.slice(0, name.lastIndexOf(".")))
    )
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
