import { WeightsError } from "./state_dict.ts";

/** Far more than any model here needs. */
const MAX_MIB = 256;

const RESAVE =
  "load it in PyTorch and save it again with torch.save(model.state_dict(), path)";

/** What files that are often given for weights begin with. */
const STRANGERS: { begins: string | number[]; what: string }[] = [
  {
    begins: "version https://git-lfs",
    what: "a git-lfs pointer, not the file itself; fetch it with git lfs pull",
  },
  ...["<!doctype", "<html", "<?xml"].map((begins) => ({
    begins,
    what: "a web page, not weights; download the file itself again",
  })),
  { begins: [0x1f, 0x8b], what: "compressed with gzip; unpack it with gunzip" },
  {
    // A pickle of the number 0x1950a86a20f9469cfc6c.
    begins: [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8],
    what: `in the format of PyTorch before 1.6; ${RESAVE}`,
  },
  ...[2, 3, 4, 5].map((protocol) => ({
    begins: [0x80, protocol],
    what: `a plain Python pickle; ${RESAVE}`,
  })),
];

/**
 * Refuses what is no file of weights at all, and says what it is instead.
 *
 * @param bytes the whole file
 * @throws {WeightsError} for an empty file, one of more than 256 MiB, a git-lfs
 * pointer, a web page, gzip, a file of PyTorch before 1.6, and the like
 */
export function refuseStrangers(bytes: Uint8Array): void {
  if (bytes.length === 0) {
    throw new WeightsError("the file is empty; copy or download it again");
  }
  refuseSize(bytes.length);
  const text = new TextDecoder().decode(bytes.subarray(0, 100));
  const start = text.trimStart().toLowerCase();
  const isOwn = mayBeSafetensors(bytes);
  const stranger = STRANGERS.find(({ begins }) =>
    typeof begins === "string"
      ? start.startsWith(begins)
      : !isOwn && begins.every((byte, i) => bytes[i] === byte)
  );
  if (stranger) throw new WeightsError(`the file is ${stranger.what}`);
}

/** A header's length of 64 bits, and its "{": any bytes may come first. */
const mayBeSafetensors = (bytes: Uint8Array) =>
  bytes.subarray(4, 8).every((byte) => byte === 0) && bytes[8] === 0x7b;

/**
 * Refuses a file that is too large for weights, before it is read.
 *
 * @param size bytes of the file
 * @throws {WeightsError} for more than 256 MiB
 */
export function refuseSize(size: number): void {
  if (size <= MAX_MIB * 2 ** 20) return;
  throw new WeightsError(
    `the file has ${Math.ceil(size / 2 ** 20)} MiB, more than the ` +
      `${MAX_MIB} MiB that weights may have; give one model's weights alone`,
  );
}
