import fixture from "../../fixtures/localization.json" with { type: "json" };

/** Numbers between spaces. */
function numbers(text: string): number[] {
  return text.split(" ").map(Number);
}

/** A mask from a picture of it: rows of 0 and 1. */
export function maskFrom(rows: readonly string[]): Uint8Array {
  return Uint8Array.from(rows.join(""), Number);
}

/** Cases with what scikit-learn and SciPy say of them (see localization.py). */
export const CASES = fixture.cases.map((recorded) => ({
  ...recorded,
  maps: recorded.maps.map(numbers),
  masks: recorded.masks.map(maskFrom),
  components: recorded.components.map((regions) => regions.map(numbers)),
}));
