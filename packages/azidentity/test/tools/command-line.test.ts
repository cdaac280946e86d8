import assert from "node:assert/strict";
import { afterEach, describe, test } from "vitest";
import {
	commandLine,
	windowsDirectory,
} from "../../src/platform/command-line.ts";

const systemRoot = process.env.SystemRoot;
afterEach(() => {
	if (systemRoot === undefined) delete process.env.SystemRoot;
	else process.env.SystemRoot = systemRoot;
});

test("a program gets its arguments as they are", () => {
	const args = ["--scope", 'a"b', "%PATH%"];
	assert.deepEqual(commandLine("/usr/bin/az", args), {
		file: "/usr/bin/az",
		args,
		isVerbatim: false,
	});
});

describe("A batch file of Windows", () => {
	const AZ = String.raw`C:\Program Files\Azure (x86) & Co\az.cmd`;

	test("is started by the command interpreter in the system's directory, each argument between quotes", () => {
		process.env.SystemRoot = String.raw`D:\Windows`;
		assert.deepEqual(commandLine(AZ, ["account", "--subscription", "a b"]), {
			file: String.raw`D:\Windows\System32\cmd.exe`,
			args: [
				"/d",
				"/s",
				"/v:off",
				"/c",
				`""${AZ}" "account" "--subscription" "a b""`,
			],
			isVerbatim: true,
		});
	});

	test.each([
		'a"b',
		"a%PATH%",
		"a&calc",
		"a|b",
		"a^b",
		"a!b!",
		"<a",
		">a",
		"a\nb",
		"(a)",
		"a;b",
		"a,b",
		"a\\",
		"ä",
	])("gets no argument that could mean something there: %j", (argument) => {
		assert.throws(
			() => commandLine("C:\\az.cmd", ["account", argument]),
			(error: Error) => {
				assert.match(error.message, /az\.cmd cannot be started/);
				assert.ok(!error.message.includes(argument));
				return true;
			},
		);
	});

	test.each(["C:\\100%\\az.cmd", 'C:\\a"b\\az.bat', "C:\\a\nb\\AZ.CMD"])(
		"is not started from a path that the interpreter would change: %j",
		(program) => {
			assert.throws(() => commandLine(program, []), /cannot be started/);
		},
	);
});

test.each([
	[String.raw`C:\WINNT`, String.raw`C:\WINNT`],
	["", String.raw`C:\Windows`],
	["..", String.raw`C:\Windows`],
	[String.raw`\\server\share`, String.raw`C:\Windows`],
	['C:\\a"b', String.raw`C:\Windows`],
	["%TEMP%", String.raw`C:\Windows`],
])(
	"SystemRoot counts when it is a full path on a drive: %j",
	(value, directory) => {
		process.env.SystemRoot = value;
		assert.equal(windowsDirectory(), directory);
	},
);
