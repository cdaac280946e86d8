import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Row } from "./run-fault.ts";

/** With TEST_COUNTS=<folder> leaves there how many rows held, for who sums several runs. */
export function leaveCounts(rows: readonly Row[]): void {
	const folder = process.env.TEST_COUNTS;
	if (folder === undefined) return;
	const skipped = rows.filter(({ lack }) => lack !== undefined).length;
	const failed = rows.filter(({ brokenCount }) => brokenCount > 0).length;
	const passed = rows.length - skipped - failed;
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		path.join(folder, `${Date.now()}-${process.pid}.json`),
		JSON.stringify({ passed, failed, skipped }),
	);
}
