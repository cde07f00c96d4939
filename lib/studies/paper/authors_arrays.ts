import { AUTHORS_REPOSITORY } from "../../model/authors_weights.ts";
import { loadCheckedFile } from "../../support/checked_file.ts";
import { PAPER } from "../../training/settings.ts";
import { readNpy } from "../../support/npy.ts";
import type { ImageResult } from "../agreement/evaluation.ts";

/**
 * What the authors' analysis gave for each test image, in the order of the
 * file; "non_novel" and "novel" images apart. Their repository holds them at the
 * same commit as the weights; without a licence, so they are downloaded.
 */
const SHA256: Record<string, string> = {
  "non_novel_mse":
    "da6d37c0b5adc46da759e7ddcf33a719ac8343088e447c06f5d2721b088fcfe3",
  "non_novel_top_5":
    "b3f27ee1e7c36ff22ee46ec503a8ff4e627b3747efab029cf682150ee4f3fc34",
  "non_novel_top_5_dist":
    "1df5c06c142c06c1fd2f19c72ee7de3d022d6d3df082c40a82d1400c8f21372e",
  "non_novel_top_10":
    "457f1d07e57f87ede4e796bfbc645bd23fb25cde8b0fbb18691b45eaed5b8fee",
  "non_novel_top_10_dist":
    "95470ad9b445c9e8f255cc0cd84771d97b5d8c3d2d4e4af5b388542870ad046a",
  "novel_mse":
    "9732b41c0976fee2ee059aa7044c9ab8d69c8f2eab3b9e83277b20a1aa49e816",
  "novel_top_5":
    "b3775aea1d477f696bbec86ee6602782e6915b9b2afd4bed28729cca205cc075",
  "novel_top_5_dist":
    "0c699b59b527958174363f04c8a1f9fdd5f1b23c2c20d680d9cb80233f22abf3",
  "novel_top_10":
    "456c50aae8e09bf478a1bb2a70a1c3fa4cdc049cf1a67b42452c7ba0d6e19560",
  "novel_top_10_dist":
    "2e92909d3bab5eb77813d3ac151465606e43ac1f7ad9a004ce9036163baadbdf",
  "sqr_non_novel_mse":
    "c8e86b98d32ee63072408bcfae4bbe571028c2fdf0dcf032a98a8b7326f83949",
  "sqr_novel_mse":
    "da639c962bc244139891bfbe8eb8f4b595717a42282aa640c5bc82a99dac251e",
};

/** The authors' numbers by the name of their file, one an image. */
export type AuthorsArrays = Record<string, Float64Array>;

/** The names of the arrays that {@linkcode compareWithAuthors} uses. */
export const ARRAY_NAMES: readonly string[] = Object.keys(SHA256);

const CACHE = new URL("../../../data/cache/authors/", import.meta.url);

/**
 * The authors' per-image arrays: from data/cache/authors, else downloaded to
 * there (0.5 MB, pinned commit). Their SHA-256 are checked.
 *
 * @param folder where copies lie; default: only the cache is looked at
 * @throws {UnavailableFileError} when they cannot be had, or are others
 */
export async function loadAuthorsArrays(
  folder?: URL,
): Promise<AuthorsArrays> {
  const arrays = await Promise.all(ARRAY_NAMES.map(async (name) => {
    const bytes = await loadCheckedFile({
      what: "the authors' per-image results",
      url: `${AUTHORS_REPOSITORY}${name}.npy`,
      sha256: SHA256[name],
      cached: new URL(`${name}.npy`, CACHE),
      copies: folder ? [new URL(`${name}.npy`, folder)] : [],
    });
    return [name, readNpy(bytes)] as const;
  }));
  return Object.fromEntries(arrays);
}

/** One measure, ours beside the authors', image by image. */
export interface ArrayComparison {
  /** The measure, in words. */
  what: string;
  /** Images on which both are the same, to `tolerance`. */
  equal: number;
  /** Images compared. */
  images: number;
  /** 0 for whole numbers; of distances and errors, their rounding. */
  tolerance: number;
  /** The largest difference. */
  largest: number;
}

/** Sums of floats in another order differ in the last digits. */
const MEASURES: {
  what: string;
  file: (group: string) => string;
  of: (row: ImageResult) => number;
  tolerance: number;
}[] = [
  ...PAPER.ks.flatMap((k) => [
    {
      what: `top-${k} agreement`,
      file: (group: string) => `${group}_top_${k}`,
      of: ({ agreement }: ImageResult) => agreement[k],
      tolerance: 0,
    },
    {
      what: `maximum distance, K = ${k}, pixels`,
      file: (group: string) => `${group}_top_${k}_dist`,
      of: ({ maxDistance }: ImageResult) => maxDistance[k],
      tolerance: 1e-6,
    },
  ]),
  {
    what: "MSE, saliency and error map",
    file: (group) => `${group}_mse`,
    of: ({ mapMse }) => mapMse.saliency,
    tolerance: 1e-5,
  },
  {
    what: "MSE, squared saliency and error map",
    file: (group) => `sqr_${group}_mse`,
    of: ({ mapMse }) => mapMse.squaredSaliency,
    tolerance: 1e-5,
  },
];

/**
 * On how many test images a run gives what the authors' own analysis gave.
 *
 * @param rows of a run with K = 5 and 10, in the order of the test file
 * @param arrays the authors'
 * @returns one comparison a measure
 * @throws {RangeError} when a group has another number of images than theirs
 */
export function compareWithAuthors(
  rows: readonly ImageResult[],
  arrays: AuthorsArrays,
): ArrayComparison[] {
  const groups = Map.groupBy(
    rows,
    ({ novel }) => novel ? "novel" : "non_novel",
  );
  return MEASURES.map(({ what, file, of, tolerance }) => {
    const differences = [...groups].flatMap(([group, own]) => {
      const theirs = arrays[file(group)];
      if (theirs.length !== own.length) {
        throw new RangeError(
          `the authors have ${theirs.length} images in ${
            file(group)
          }, not ${own.length}`,
        );
      }
      return own.map((row, i) => Math.abs(of(row) - theirs[i]));
    });
    return {
      what,
      equal: differences.filter((difference) => difference <= tolerance).length,
      images: differences.length,
      tolerance,
      largest: differences.reduce((a, b) => Math.max(a, b), 0),
    };
  });
}
