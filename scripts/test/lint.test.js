import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { test } from "vitest";
import { biome } from "../biome.js";
import { trackedFiles } from "../tracked-files.js";
import { tree } from "./tree.js";

const ROOT = path.join(import.meta.dirname, "../..");

test("lint: the linter holds the rules of the house that it knows", async () => {
	const long = (lines) => "\tcall();\n".repeat(lines);
	const home = tree({
		"default.ts": "export default 1;\n",
		"enum.ts": "export enum A {\n\tB = 1,\n}\n",
		"namespace.ts": "export namespace A {\n\texport const b = 1;\n}\n",
		"all.ts": 'export * from "./default.ts";\n',
		"file.ts":
			"export const a = 1;\n".repeat(1).padEnd(20) + "call();\n".repeat(251),
		"function.ts": `export function a() {\n${long(51)}}\n`,
		"type.ts":
			'import { A } from "./enum.ts";\nexport const a: A | undefined = undefined;\n',
		"cycle-a.ts":
			'import { b } from "./cycle-b.ts";\nexport const a = () => b;\n',
		"cycle-b.ts":
			'import { a } from "./cycle-a.ts";\nexport const b = () => a;\n',
		"only.test.ts": 'test.only("a", () => {});\n',
		"skip.test.ts": 'test.skip("a", () => {});\n',
	});
	copyFileSync(path.join(ROOT, "biome.json"), path.join(home, "biome.json"));
	execFileSync("git", ["init", "-q"], { cwd: home });
	const found = (await biome(home, ["--formatter-enabled=false"])).join("\n");
	for (const [file, rule] of [
		["default.ts", "noDefaultExport"],
		["enum.ts", "noEnum"],
		["namespace.ts", "noNamespace"],
		["all.ts", "noReExportAll"],
		["file.ts", "noExcessiveLinesPerFile"],
		["function.ts", "noExcessiveLinesPerFunction"],
		["type.ts", "useImportType"],
		["cycle-a.ts", "noImportCycles"],
		["only.test.ts", "noFocusedTests"],
		["skip.test.ts", "noSkippedTests"],
	])
		assert.match(found, new RegExp(`${file}:.*${rule}`));
});

test("every file that git would take is looked at, and no binary one", () => {
	const home = tree({
		".gitignore": "ignored/\n",
		"new.ts": "a",
		"ignored/a.ts": "a",
		"binary.bin": "a\0b",
	});
	execFileSync("git", ["init", "-q"], { cwd: home });
	assert.deepEqual(
		trackedFiles(home).map((file) => file.path),
		[".gitignore", "new.ts"],
	);
});
