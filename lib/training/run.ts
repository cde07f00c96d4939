import type { LabelledImages } from "../data/images.ts";
import { autoencoderNamed } from "../model/autoencoders/mod.ts";
import {
  type Checkpoint,
  checksumOfImages,
  readCheckpoint,
  requireReadable,
  writeCheckpoint,
} from "./checkpoint.ts";
import { countSteps, train, type TrainingEvent } from "./loop.ts";
import { type Model, modelOf } from "./model_file.ts";
import { type RunSettings, trainingSplit } from "./settings.ts";
import { disposeTraining, initTraining, type TrainingState } from "./state.ts";
import { WeightsError } from "../weights/state_dict.ts";

/** Where a run's checkpoints and its model are stored. */
export interface TrainingStore {
  /** The checkpoint's file, for whoever must delete it. */
  place: string;
  /**
   * The checkpoint to go on from, if there is one.
   *
   * @param read reads a checkpoint's bytes, or throws a WeightsError
   */
  load: (
    read: (bytes: Uint8Array) => Promise<Checkpoint>,
  ) => Promise<Checkpoint | undefined>;
  /** Stores an epoch: a checkpoint, and the same as a model. */
  saveEpoch: (checkpoint: Uint8Array, model: Model) => Promise<void>;
  /** Stores the trained model; its checkpoints may go only afterwards. */
  saveModel: (model: Model) => Promise<void>;
}

/** What {@linkcode runTraining} reports. */
export type RunEvent =
  | {
    kind: "start";
    /** Epochs done before. */
    epoch: number;
    stepsPerEpoch: number;
    trainingImages: number;
    validationImages: number;
  }
  | TrainingEvent;

/**
 * Where a run begins: at its store's checkpoint, or with random weights.
 *
 * @param settings of the run
 * @param store of its checkpoints
 * @param images what it is trained on, from `checksumOfImages()` (default: not
 * looked at)
 * @returns the state, whose tensors the caller disposes of
 * @throws {WeightsError} when the checkpoint is of other images
 * @throws {RangeError} when a checkpoint of such a model could not be read again
 */
export async function resumeOrInit(
  settings: RunSettings,
  store: TrainingStore,
  images?: string,
): Promise<TrainingState> {
  requireReadable(autoencoderNamed(settings));
  const found = await store.load(readCheckpoint);
  if (!found) return initTraining(settings.seed, autoencoderNamed(settings));
  // Older checkpoints do not tell.
  const isOther = images && found.images && images !== found.images;
  if (!isOther) return found.state;
  disposeTraining(found.state);
  throw otherImages(store, "their bytes or labels differ");
}

const otherImages = ({ place }: TrainingStore, why: string) =>
  new WeightsError(
    `the checkpoint ${place} is of other images: ${why}; go on with the images ` +
      "it was trained on, or delete it to start afresh",
  );

/**
 * One training run: the split of its seed, training from the last checkpoint
 * on, a checkpoint after every epoch, the model at the end. Going on from a
 * checkpoint gives the same bits as never having stopped.
 *
 * @param settings of the run
 * @param images the training file's
 * @param store of its checkpoints and its model
 * @throws {NonFiniteLossError} when a loss is not finite; the last checkpoint
 * is of the epoch before
 * @throws {WeightsError} when the checkpoint is of other images
 * @throws {RangeError} when the images are not of the model's shape, or a
 * checkpoint of such a model could not be read again
 */
export async function* runTraining(
  settings: RunSettings,
  images: LabelledImages,
  store: TrainingStore,
): AsyncGenerator<RunEvent> {
  const split = trainingSplit(images.labels, settings);
  const stepsPerEpoch = countSteps(split.training.length, settings.batchSize);
  const checksum = await checksumOfImages(images);
  const start = await resumeOrInit(settings, store, checksum);
  requireSameImages(start, stepsPerEpoch, store);
  let model = modelOf(start, checksum);
  yield {
    kind: "start",
    epoch: start.history.length,
    stepsPerEpoch,
    trainingImages: split.training.length,
    validationImages: split.validation.length,
  };
  for await (const event of train(start, images, split, settings)) {
    if (event.kind === "epoch") {
      model = modelOf(event.state, checksum);
      await store.saveEpoch(
        await writeCheckpoint(event.state, settings, checksum),
        model,
      );
    }
    yield event;
  }
  await store.saveModel(model);
}

/** A number of images that changed shows in the steps that an epoch takes. */
function requireSameImages(
  state: TrainingState,
  stepsPerEpoch: number,
  store: TrainingStore,
) {
  const { step, history: { length: done } } = state;
  if (step === done * stepsPerEpoch) return;
  disposeTraining(state);
  throw otherImages(
    store,
    `it took ${step / done} steps an epoch, these take ${stepsPerEpoch}`,
  );
}
