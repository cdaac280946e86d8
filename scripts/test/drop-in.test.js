import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "vitest";
import { missingConstructions, unusedNames } from "../api/drop-in.js";
import { exportsOf } from "../api/surface.js";
import { tryProgram } from "../api/try-program.js";
import { tree } from "./tree.js";

const ROOT = path.join(import.meta.dirname, "../..");

const surface = (declarations) =>
	exportsOf(path.join(tree({ "index.d.ts": declarations }), "index.d.ts"));
const program = (text) => [{ path: "program.ts", text }];

describe("the program that moves from @azure/identity", () => {
	test("is to use every public name", () => {
		const names = surface(
			"export interface A { a: string }\nexport declare class B {}",
		);
		assert.deepEqual(
			unusedNames(
				program(
					'import { type A } from "@azure/identity";\nimport { B } from "./b.ts";',
				),
				names,
			),
			["does not use B"],
		);
	});

	test("is to call every form of every constructor, with the fewest and with all of its arguments", () => {
		const names = surface(
			[
				"export declare class A {",
				"constructor(a: string, b?: object);",
				"constructor(a: number, b?: object);",
				"constructor(...rest: string[]);",
				"}",
			].join("\n"),
		);
		const calls = [
			...['new A("");', "new A(1);", 'new A("", {});', "new A(1, {});"],
			"new A();",
		];
		assert.deepEqual(
			missingConstructions(program(calls.join("\n")), names),
			[],
		);
		for (const call of calls) {
			const fewer = calls.filter((each) => each !== call).join("\n");
			const missing = missingConstructions(program(fewer), names);
			assert.equal(missing.length, 1, call);
		}
	});

	test("is compiled, with no import unused, and run", async () => {
		const wrong = program(
			'import { join } from "node:path";\nconst a: string = 1;',
		);
		const { failures } = await tryProgram(ROOT, wrong);
		assert.ok(failures.some((failure) => /TS6133.*'join'/.test(failure)));
		assert.ok(failures.some((failure) => /TS2322/.test(failure)));
		const thrower = program('throw new Error("no");');
		assert.match((await tryProgram(ROOT, thrower)).failures.join(), /no/);
		const speaker = program('const said: string = "yes";\nconsole.log(said);');
		assert.deepEqual(await tryProgram(ROOT, speaker), {
			output: "yes\n",
			failures: [],
		});
	});
});
