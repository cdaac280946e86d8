import assert from "node:assert/strict";
import { exactly, timesLess } from "@azidentity/bench/asked.js";
import { figureText } from "@azidentity/bench/figure.js";
import { measureRow } from "@azidentity/bench/measure-row.js";
import { dots, ratios } from "@azidentity/bench/plots/dots.js";
import { lines } from "@azidentity/bench/plots/lines.js";
import { summaryOf } from "@azidentity/bench/summary.js";
import { rowTable, summaryTable } from "@azidentity/bench/table.js";
import { describe, test } from "vitest";

const VALUE = [{ key: "value", title: "" }];
const row = {
	...{ name: "fetch", title: "fetching <a> token", unit: "ms" },
	...{ subjects: ["azidentity", "azure-identity", "go"], columns: VALUE },
	...{ turns: { full: 3, quick: 1 }, asked: [timesLess(5)] },
};
const once = (median) => ({
	value: { median, lowest: median, highest: median, turns: 1 },
});
const figures = {
	azidentity: once(2),
	"azure-identity": once(30),
	go: { lacked: "there is no go here" },
};

describe("the benchmark", () => {
	test("measures subjects in turns, and keeps the median of all and their span", async () => {
		const order = [];
		const found = await measureRow(
			{
				...row,
				subjects: ["azidentity", "azure-identity"],
				async measure(subject) {
					order.push(subject);
					return order.length;
				},
			},
			{ isQuick: false, progress() {} },
		);
		assert.deepEqual(order.slice(0, 3), [
			...["azidentity", "azure-identity", "azidentity"],
		]);
		assert.deepEqual(found.azidentity, {
			value: { median: 3, lowest: 1, highest: 5, turns: 3 },
		});
	});

	test("goes on without a subject that fails, says why, and names no folder of the machine", async () => {
		const found = await measureRow(
			{
				...row,
				async measure(subject) {
					if (subject === "go") throw new Error("no /opt/go/bin/go here");
					return 1;
				},
			},
			{ isQuick: true, progress() {} },
		);
		assert.deepEqual(found.go, { lacked: "no …/go here" });
		assert.equal(found.azidentity.value.median, 1);
		const [, , , go] = rowTable(row, found);
		assert.equal(go[1], "none: no …/go here");
	});

	test("what is asked is reached by a ratio to today's, and never by a figure that is missing", () => {
		const reached = (ours) =>
			summaryOf([row], { fetch: { ...figures, azidentity: ours } })[0]
				.isReached;
		assert.equal(reached(once(6)), true);
		assert.equal(reached(once(6.1)), false);
		assert.equal(reached({ lacked: "broken" }), false);
		const apart = { azidentity: once(2) };
		const [unknown] = summaryOf([row], { fetch: apart });
		assert.equal(summaryTable([unknown])[1].at(-1), "?");
		const none = { ...row, asked: [exactly(0, "none")] };
		const [line] = summaryOf([none], { fetch: { azidentity: once(0) } });
		assert.equal(line.isReached, true);
		assert.equal(line.ratio, undefined);
		assert.equal(summaryTable([line])[1].at(-1), "✓");
	});

	test("figures have three digits, in the unit that suits", () => {
		const texts = [
			[0.0814316, "µs", "81.4 ns"],
			[1_600, "µs", "1.6 ms"],
			[50_123, "ms", "50.1 s"],
			[13_600_000, "bytes", "13.6 MB"],
			[1, "requests", "1 request"],
			[32, "requests", "32 requests"],
			[0, "", "0"],
		];
		for (const [value, unit, text] of texts)
			assert.equal(figureText(value, unit), text);
	});

	test("a plot says in words what it shows, and fits light and dark", () => {
		const svg = dots(row, figures);
		assert.match(svg, /<title id="title">fetching &lt;a&gt; token<\/title>/);
		assert.match(svg, /<desc id="description">.*@azure\/identity 30 ms/);
		assert.match(svg, /prefers-color-scheme: dark/);
		assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
		assert.match(ratios(summaryOf([row], { fetch: figures })), /15 ×/);
	});

	test("a line of a plot ends where a subject has no more figures", () => {
		const columns = [1, 10, 100].map((at) => ({ key: String(at), at }));
		const points = (...values) =>
			Object.fromEntries(
				values.map((value, index) => [columns[index].key, once(value).value]),
			);
		const svg = lines(
			{ ...row, columns, along: "tokens" },
			{ azidentity: points(1, 1, 1), "azure-identity": points(10, 100) },
		);
		const counts = [...svg.matchAll(/points="([^"]+)"/g)].map(
			([, text]) => text.split(" ").length,
		);
		assert.deepEqual(counts, [3, 2]);
		assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
	});
});
