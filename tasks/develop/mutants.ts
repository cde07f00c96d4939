import ts from "typescript";
import { randomStream, shuffle } from "../../lib/support/random.ts";

/** One small change of a source text. */
export interface Mutant {
  /** Where in the text, from 1. */
  line: number;
  column: number;
  /** Where the changed text starts, from 0. */
  start: number;
  before: string;
  after: string;
}

const OPERATORS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AsteriskToken, "/"],
  [ts.SyntaxKind.SlashToken, "*"],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
]);

/**
 * The mutants of a TypeScript module, in the order of its text. Imports,
 * types, comments, strings and `throw` statements have none.
 *
 * @param source its text
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const [mutant] = mutants("export const isSmall = (n: number) => n < size;");
 * assertEquals([mutant.before, mutant.after], ["<", "<="]);
 * ```
 */
export function mutants(source: string): Mutant[] {
  const file = ts.createSourceFile(
    ...["module.ts", source, ts.ScriptTarget.Latest, true] as const,
  );
  const found: Mutant[] = [];
  const visit = (node: ts.Node) => {
    if (isLeftOut(node)) return;
    const change = changeOf(node);
    if (change) {
      const start = change.node.getStart(file);
      const { line, character } = file.getLineAndCharacterOfPosition(start);
      found.push({
        ...{ line: line + 1, column: character + 1, start },
        before: change.node.getText(file),
        after: change.after,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found.sort((a, b) => a.start - b.start);
}

const isLeftOut = (node: ts.Node) =>
  ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) || ts.isThrowStatement(node);

/** What replaces a node, or a part of it. */
function changeOf(
  node: ts.Node,
): { node: ts.Node; after: string } | undefined {
  if (ts.isBinaryExpression(node)) {
    const after = OPERATORS.get(node.operatorToken.kind);
    if (!after || isConcatenation(node)) return;
    return { node: node.operatorToken, after };
  }
  if (ts.isNumericLiteral(node)) {
    if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) {
      return;
    }
    return { node, after: String(Number(node.text) + 1) };
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { node, after: "false" };
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { node, after: "true" };
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    if (text === "Math.min") return { node, after: "Math.max" };
    if (text === "Math.max") return { node, after: "Math.min" };
  }
  if (
    ts.isPrefixUnaryExpression(node) &&
    node.operator === ts.SyntaxKind.ExclamationToken
  ) {
    return { node, after: node.operand.getText() };
  }
  if (ts.isExpressionStatement(node) && isCall(node.expression)) {
    return { node, after: ";" };
  }
}

/** Whether a `+` joins texts, of which no difference can be taken. */
const isConcatenation = (node: ts.Expression): boolean =>
  ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) ||
  ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
    (isConcatenation(node.left) || isConcatenation(node.right));

function isCall(node: ts.Expression): boolean {
  if (ts.isAwaitExpression(node)) return isCall(node.expression);
  // Without super(), a constructor only throws.
  return ts.isCallExpression(node) &&
    node.expression.kind !== ts.SyntaxKind.SuperKeyword;
}

/** The text with one change made. */
export function applyMutant(
  source: string,
  { start, before, after }: Mutant,
): string {
  return source.slice(0, start) + after + source.slice(start + before.length);
}

/**
 * Some items drawn at random, in the order in which they were; all where there
 * are no more.
 *
 * @param seed an integer from 0 to 2³²−1; the same one draws the same items
 */
export function sample<T>(
  items: readonly T[],
  { count, seed }: { count: number; seed: number },
): T[] {
  const places = shuffle([...items.keys()], randomStream(seed, "order"));
  return places.slice(0, count).sort((a, b) => a - b).map((i) => items[i]);
}
