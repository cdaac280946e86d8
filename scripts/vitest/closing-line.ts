// Ends a test run with one plain line, `N passed, N failed, N skipped`, after every skipped test with what it lacked.
// With TEST_COUNTS=<folder> it leaves the counts there too, for who sums several runs.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Reporter, TestModule } from "vitest/node";

interface Counts {
	passed: number;
	failed: number;
	skipped: number;
}

export function closingLine(): Reporter {
	return {
		onTestRunEnd(modules, strayErrors) {
			const counts = { passed: 0, failed: strayErrors.length, skipped: 0 };
			for (const module of modules) count(module, counts);
			keep(counts);
			console.log(
				`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
			);
		},
	};
}

function count(module: TestModule, counts: Counts): void {
	// A file that cannot even be loaded holds no test that could fail.
	counts.failed += module.errors().length;
	for (const suite of module.children.allSuites())
		counts.failed += suite.errors().length;
	for (const test of module.children.allTests()) {
		const result = test.result();
		// Whatever was not run to its end was skipped, however that came about.
		const state = result.state === "pending" ? "skipped" : result.state;
		counts[state] += 1;
		if (state !== "skipped") continue;
		const note = "note" in result ? result.note : undefined;
		console.log(
			`skipped: ${module.relativeModuleId}: ${test.fullName}: ${note ?? "without a reason"}`,
		);
	}
}

function keep(counts: Counts): void {
	const folder = process.env.TEST_COUNTS;
	if (folder === undefined) return;
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		path.join(folder, `${Date.now()}-${process.pid}.json`),
		JSON.stringify(counts),
	);
}
