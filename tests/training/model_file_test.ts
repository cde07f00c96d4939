import { assertEquals, assertThrows } from "@std/assert";
import {
  AUTOENCODERS,
  type ModelName,
} from "../../lib/model/autoencoders/mod.ts";
import { initialise } from "../../lib/model/parameters.ts";
import { writeWeights } from "../../lib/model/read_weights.ts";
import { modelFile, readModel } from "../../lib/training/model_file.ts";
import { PAPER_SETTINGS } from "../../lib/training/settings.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";

const run = {
  ...PAPER_SETTINGS,
  epochs: 1,
  seed: 0,
  normalClasses: [1],
  data: "mnist",
};

Deno.test("readModel() refuses weights of another model than its settings say", () => {
  const weights = initialise(AUTOENCODERS.dense().arrays, 0);
  const file = (model: ModelName) =>
    writeWeights({ weights }, { settings: JSON.stringify({ ...run, model }) });
  assertEquals(readModel(file("dense")).settings?.model, "dense");
  assertThrows(
    () => readModel(file("variational")),
    WeightsError,
    "says that its weights are of the variational autoencoder",
  );
});

Deno.test("readModel() takes the epochs of a checkpoint from its history, not from its aim", () => {
  const history = [{ training: 0.2, validation: 0.1 }];
  const model = {
    weights: initialise(AUTOENCODERS.dense().arrays, 0),
    history,
  };
  const aim = { ...run, model: "dense", epochs: 500 } as const;
  assertEquals(readModel(modelFile(aim, model)).settings?.epochs, 1);
});

Deno.test("readModel() refuses settings that cannot be", () => {
  const weights = initialise(AUTOENCODERS.dense().arrays, 0);
  for (const settings of ["{}", '{"normalClasses":"01234"}', "null", "{"]) {
    const bytes = writeWeights({ weights }, { settings });
    assertThrows(() => readModel(bytes), WeightsError, "normalClasses is");
  }
});

for (const history of ["5", '"ab"', "{}", "[null]", "no JSON"]) {
  Deno.test(`readModel() takes ${history} for no history`, () => {
    const bytes = writeWeights({
      weights: initialise(AUTOENCODERS.dense().arrays, 0),
    }, { history });
    assertEquals(readModel(bytes).history, []);
  });
}
