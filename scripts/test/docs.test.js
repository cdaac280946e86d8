import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "vitest";
import { brokenExamples, brokenLinks, unknownScripts } from "../checks/docs.js";
import { withTables } from "../tables.js";
import { tree } from "./tree.js";

const ROOT = path.join(import.meta.dirname, "../..");

describe("docs", () => {
	const document = (text) => ({ path: "docs/a.md", text });

	test("an example that does not compile is found at its line", async () => {
		const found = await brokenExamples(
			[
				document(
					'# A\n\n```ts\nimport { nothing } from "azidentity";\nconst a: number = "b";\n```\n',
				),
				document("```js\nnoSuchThing();\n```\n"),
				document("```ts\nconst a = await Promise.resolve(1);\n```\n"),
				document(
					"```sh\nnot code\n```\n```ts ignore: half a program\n}\n```\n",
				),
				document("```ts ignore\n}\n```\n"),
			],
			ROOT,
		);
		assert.deepEqual(found.map((line) => line.split(" ")[0]).sort(), [
			"docs/a.md:1:",
			"docs/a.md:2:",
			"docs/a.md:4:",
			"docs/a.md:5:",
		]);
	});

	test("a link to a missing file or heading is found", () => {
		const files = [
			document(
				"# One two\n[a](../b.md) [b](#one-two) [c](../src) [d](https://x.test)",
			),
			{ path: "b.md", text: "# B" },
			{ path: "src/a.ts", text: "" },
		];
		assert.deepEqual(brokenLinks(files[0], files), []);
		const broken = document("[a](b.md) [b](#nope) [c](../b.md#nope) `[d](x)`");
		assert.equal(brokenLinks(broken, files).length, 3);
	});

	test("a script that does not exist is found", () => {
		const text = "`npm run build`, npm run nope, `npm run check:<name>`";
		assert.deepEqual(unknownScripts(document(text), ["build"]), [
			'docs/a.md:1: there is no script "nope"',
		]);
	});

	test("a table follows its source", () => {
		const home = tree({
			"a.ts":
				"export interface Options {\n\t/** How long, in ms | s. */\n\treadonly patience?: number;\n\tname: string;\n}",
		});
		const old =
			"<!-- table: members a.ts Options -->\nold\n<!-- end of table -->\nafter";
		assert.equal(
			withTables(old, home),
			"<!-- table: members a.ts Options -->\n\n| option | meaning |\n| --- | --- |\n" +
				"| `patience?: number` | How long, in ms \\| s. |\n| `name: string` |  |\n\n<!-- end of table -->\nafter",
		);
		assert.throws(
			() => withTables(old.replace("members", "no"), home),
			/no table/,
		);
	});
});
