// What the testkit's contracts use of vitest, from node:test: vitest with its workers and its native parts is more
// than a Windows that is not one should have to carry. scripts/test-windows.js puts this file in vitest's place.
export { afterEach, beforeEach, describe, test } from "node:test";
