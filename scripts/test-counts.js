// Leaves the counts of a run for who sums several runs, as scripts/vitest/closing-line.ts does for Vitest's.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Writes `{ passed, failed, skipped }` into the folder that TEST_COUNTS names, if any, and the closing line. */
export function closeRun({ passed, failed, skipped }) {
	const folder = process.env.TEST_COUNTS;
	if (folder !== undefined) {
		mkdirSync(folder, { recursive: true });
		writeFileSync(
			path.join(folder, `${Date.now()}-${process.pid}.json`),
			JSON.stringify({ passed, failed, skipped }),
		);
	}
	console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
}
