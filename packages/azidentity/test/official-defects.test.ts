// The table of docs/decisions/official-defects.md names tests that exist.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "vitest";

const PAGE = path.join(
	import.meta.dirname,
	"../../../docs/decisions/official-defects.md",
);
const DEFECTS = 25;

interface Row {
	readonly number: number;
	readonly place: string;
}

const rows: Row[] = readFileSync(PAGE, "utf8")
	.split("\n")
	.filter((line) => /^\| \d/.test(line))
	.map((line) => line.split("|").map((cell) => cell.trim()))
	.map(([, number, , , place = ""]) => ({ number: Number(number), place }));

const escaped = (text: string) =>
	text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");

describe("the table of official defects", () => {
	test(`has a row for each of the ${DEFECTS}`, () => {
		assert.deepEqual(
			rows.map(({ number }) => number),
			Array.from({ length: DEFECTS }, (_, index) => index + 1),
		);
	});

	for (const { number, place } of rows) {
		test(`names a test for row ${number}, or says what it waits for`, () => {
			if (place.startsWith("to come with ")) return;
			const [, file = "", title = ""] = /^`([^`]+)`: (.+)$/.exec(place) ?? [];
			const full = path.join(import.meta.dirname, file);
			assert.ok(file !== "" && existsSync(full), `no file: ${place}`);
			const quoted = new RegExp(`["'\`][^"'\`\n]*${escaped(title)}`);
			assert.match(
				readFileSync(full, "utf8"),
				quoted,
				`no test in ${file} is called: ${title}`,
			);
		});
	}
});
